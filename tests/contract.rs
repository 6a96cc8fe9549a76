//! What stacktop relies on an engine for, as one suite that runs on every kind of engine: the one of this host, a
//! newer one (`STACKTOP_TEST_NEWER_ENGINE`), and the simulated one. Where the simulated one differs, it is wrong.

// The lint configuration excuses test functions; here, too, a failure is to end the test with its reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

#[path = "contract/checks.rs"]
mod checks;
#[path = "contract/ground.rs"]
mod ground;
mod support;

/// Each check as three tests. Time is simulated where the engine is.
macro_rules! contract {
    ($($check:ident)+) => {
        mod real {
            $(#[tokio::test]
            async fn $check() {
                let Some(bed) = crate::support::engine(concat!("real_", stringify!($check))) else { return };
                crate::checks::$check(crate::ground::Ground::real(bed)).await;
            })+
        }

        mod newer {
            $(#[tokio::test]
            async fn $check() {
                let Some(bed) = crate::support::newer_engine(concat!("newer_", stringify!($check))) else { return };
                crate::checks::$check(crate::ground::Ground::real(bed)).await;
            })+
        }

        mod simulated {
            $(#[tokio::test(start_paused = true)]
            async fn $check() {
                crate::checks::$check(crate::ground::Ground::simulated()).await;
            })+
        }
    };
}

contract! {
    an_engine_tells_what_it_is
    a_container_is_known_by_its_stack_its_limits_and_its_health
    a_failing_check_tells_what_its_probes_printed
    a_container_that_ended_tells_its_exit_code
    stopping_and_starting_is_told_as_it_happens_and_afterwards
    freezing_is_told_and_shown
    an_act_that_is_done_already_is_no_failure
    what_does_not_exist_is_not_found
    an_engine_outside_a_swarm_has_no_services_and_says_so
    output_comes_line_by_line_from_both_streams_with_its_moments
    output_can_be_asked_for_in_parts
    output_of_a_terminal_is_one_stream_without_carriage_returns
    output_is_followed_across_a_restart
    samples_advance
    one_answer_is_enough_for_a_rate
    an_observer_sees_what_happens
}
