# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_stacktop_global_optspecs
    string join \n H/host= c/context= demo world= seed= speed= theme= read-only settings= no-heal json no-color ascii h/help V/version
end

function __fish_stacktop_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_stacktop_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_stacktop_using_subcommand
    set -l cmd (__fish_stacktop_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c stacktop -n "__fish_stacktop_needs_command" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_needs_command" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_needs_command" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_needs_command" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_needs_command" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_needs_command" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_needs_command" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_needs_command" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_needs_command" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_needs_command" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_needs_command" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_needs_command" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_needs_command" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c stacktop -n "__fish_stacktop_needs_command" -s V -l version -d 'Print version'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "demo" -d 'Open the dashboard on a simulated engine; needs no Docker'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "sim" -d 'Serve a simulated engine on a socket, for any Docker client, until Ctrl-C'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "ls" -d 'List stacks; with names, the services of these stacks'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "ps" -d 'List replicas and containers'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "stats" -d 'Show CPU, memory, network and disk use of what runs'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "logs" -d 'Print the output of replicas'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "events" -d 'Follow what the engine reports'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "health" -d 'Tell what is wrong and what the health checks said; exit code 1 if something is'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "inspect" -d 'Print what the engine knows of a thing, as JSON with secrets masked'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "nodes" -d 'List the nodes of the swarm'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "rollout" -d 'Replace a service\'s replicas one after the other, each behind its health'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "rollback" -d 'Put a service\'s last update back: what it ran before, behind the same gates'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "scale" -d 'Set how many replicas services have'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "restart" -d 'Restart replicas one at a time, each once the one before serves again'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "start" -d 'Start what does not run'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "stop" -d 'Stop what runs'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "pause" -d 'Freeze what runs'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "unpause" -d 'Let what is frozen go on'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "kill" -d 'Send a signal to what runs'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "rm" -d 'Remove containers'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "pull" -d 'Fetch an image, or those of a stack or service'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "exec" -d 'Run a program in a container, or a shell'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "prune" -d 'Remove what nobody uses: containers, networks, images, build cache; volumes by name only'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "drain" -d 'Move all tasks off a node of the swarm'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "activate" -d 'Let a node of the swarm take tasks again'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "backup" -d 'Back stacks up; look at backups, verify them, remove old ones'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "restore" -d 'Give a stack back what a backup set holds; the newest valid one if none is named'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "drill" -d 'Restore a set into throw-away volumes and servers, check it, and tell how long it took'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "ops" -d 'List operations that have not ended, go on with them or back'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "journal" -d 'List what was done, by whom and how it ended; needs no engine'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "doctor" -d 'Look at everything stacktop needs: engine, permissions, terminal'
complete -c stacktop -n "__fish_stacktop_needs_command" -f -a "version" -d 'Print the version'
complete -c stacktop -n "__fish_stacktop_using_subcommand demo" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand demo" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand demo" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand demo" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand demo" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand demo" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand demo" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand demo" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand demo" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand demo" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand demo" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand demo" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand demo" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand demo" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand sim" -l socket -d 'Where to listen; the socket is removed at the end' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand sim" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand sim" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand sim" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand sim" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand sim" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand sim" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand sim" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand sim" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand sim" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand sim" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand sim" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand sim" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand sim" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand sim" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand ls" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ls" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ls" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand ls" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ls" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ls" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ls" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand ls" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand ls" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand ls" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand ls" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand ls" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand ls" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand ls" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand ps" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ps" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ps" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand ps" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ps" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ps" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ps" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand ps" -s a -l all -d 'Also what is stopped and is not expected to run'
complete -c stacktop -n "__fish_stacktop_using_subcommand ps" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand ps" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand ps" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand ps" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand ps" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand ps" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand ps" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand stats" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand stats" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand stats" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand stats" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand stats" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand stats" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand stats" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand stats" -s w -l watch -d 'Print again every two seconds until Ctrl-C'
complete -c stacktop -n "__fish_stacktop_using_subcommand stats" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand stats" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand stats" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand stats" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand stats" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand stats" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand stats" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -s n -l tail -d 'At most so many of the newest lines of each replica, or `all`' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -l since -d 'Not before this: a span back from now (90s, 10m, 2h, 7d) or RFC 3339' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -l until -d 'Not after this, in the same forms' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -l grep -d 'Only lines that match' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -s f -l follow -d 'Go on with new lines, through restarts and with new replicas, until Ctrl-C'
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -s t -l timestamps -d 'Put the time in front of each line'
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -l no-prefix -d 'Leave out the name of the replica in front of each line'
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand logs" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand events" -l since -d 'Begin with what happened since: a span back from now (90s, 10m, 2h, 7d) or RFC 3339' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand events" -l until -d 'End there instead of going on until Ctrl-C; +30s is in thirty seconds' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand events" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand events" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand events" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand events" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand events" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand events" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand events" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand events" -s a -l all -d 'Also what health checks and shells do inside containers'
complete -c stacktop -n "__fish_stacktop_using_subcommand events" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand events" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand events" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand events" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand events" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand events" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand events" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand health" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand health" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand health" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand health" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand health" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand health" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand health" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand health" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand health" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand health" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand health" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand health" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand health" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand health" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand inspect" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand inspect" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand inspect" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand inspect" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand inspect" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand inspect" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand inspect" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand inspect" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand inspect" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand inspect" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand inspect" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand inspect" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand inspect" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand inspect" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand nodes" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand nodes" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand nodes" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand nodes" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand nodes" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand nodes" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand nodes" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand nodes" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand nodes" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand nodes" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand nodes" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand nodes" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand nodes" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand nodes" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l image -d 'The new image; without it, what the service\'s own reference means now' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l order -d 'What is done first: start-first leaves no gap, stop-first never has two at once' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l timeout -d 'How long a new replica has to become ready, such as 60s' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l soak -d 'How long it must then stay so, such as 10s' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l drain -d 'How long connections to an old replica run out, such as 5s' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l parallelism -d 'Replicas at once; one if not said' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l delay -d 'Time between one replica and the next, such as 30s' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l on-failure -d 'What is done about a replica that fails: rollback puts all back, pause and continue only that one' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l allow-shared-volume -d 'A volume or folder that bears two writers for a while; may be given several times' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l all -d 'Every service of a Compose project, each behind its gates, what others depend on first'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l in-order -d 'With --all: in the order of depends_on, which it is anyway'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l force -d 'Replace also what runs the image already, and databases by another major version'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l pull -d 'Fetch the image first; with --plan nothing is fetched'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollout" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -l timeout -d 'How long a replica has to become ready, such as 60s' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -l soak -d 'How long it must then stay so, such as 10s' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -l force -d 'Also give a database\'s data to another major version'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand rollback" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand scale" -l timeout -d 'How long the tasks of a Swarm service may take' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand scale" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand scale" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand scale" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand scale" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand scale" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand scale" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand scale" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand scale" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand scale" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand scale" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand scale" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand scale" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand scale" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand scale" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand scale" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand scale" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand restart" -l time -d 'How long each has to end before it is killed, such as 30s; its own setting if not said' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand restart" -l timeout -d 'How long each has to serve again, such as 60s' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand restart" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand restart" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand restart" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand restart" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand restart" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand restart" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand restart" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand restart" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand restart" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand restart" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand restart" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand restart" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand restart" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand restart" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand restart" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand restart" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand start" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand start" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand start" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand start" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand start" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand start" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand start" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand start" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand start" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand start" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand start" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand start" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand start" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand start" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand start" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand start" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand stop" -l time -d 'How long each has to end before it is killed, such as 30s; its own setting if not said' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand stop" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand stop" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand stop" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand stop" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand stop" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand stop" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand stop" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand stop" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand stop" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand stop" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand stop" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand stop" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand stop" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand stop" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand stop" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand stop" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand pause" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand pause" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand pause" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand pause" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand pause" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand pause" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand pause" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand pause" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand pause" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand pause" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand pause" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand pause" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand pause" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand pause" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand pause" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand pause" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand unpause" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand unpause" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand unpause" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand unpause" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand unpause" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand unpause" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand unpause" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand unpause" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand unpause" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand unpause" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand unpause" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand unpause" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand unpause" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand unpause" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand unpause" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand unpause" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand kill" -s s -l signal -d 'The signal, by name or number' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand kill" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand kill" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand kill" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand kill" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand kill" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand kill" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand kill" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand kill" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand kill" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand kill" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand kill" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand kill" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand kill" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand kill" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand kill" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand kill" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand rm" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rm" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rm" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand rm" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rm" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rm" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand rm" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand rm" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand rm" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand rm" -s f -l force -d 'Kill what runs; without it, what runs is refused'
complete -c stacktop -n "__fish_stacktop_using_subcommand rm" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand rm" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand rm" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand rm" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand rm" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand rm" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand rm" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand pull" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand pull" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand pull" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand pull" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand pull" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand pull" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand pull" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand pull" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand pull" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand pull" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand pull" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand pull" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand pull" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand pull" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand pull" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand pull" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand exec" -s u -l user -d 'User to run as instead of the container\'s: name, uid or uid:gid' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand exec" -s w -l workdir -d 'Folder to run in instead of the container\'s' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand exec" -s e -l env -d 'One more environment variable; may be repeated' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand exec" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand exec" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand exec" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand exec" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand exec" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand exec" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand exec" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand exec" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand exec" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand exec" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand exec" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand exec" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand exec" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand exec" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -l confirm -d 'Agrees to lose volumes: the name of the stack, or of the engine\'s host' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -l containers -d 'Containers that have ended, or were never started'
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -l networks -d 'Networks without containers'
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -l images -d 'Images without a name that no container is made from'
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -l build-cache -d 'The build cache'
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -l volumes -d 'Volumes that no container mounts, with what is in them'
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand prune" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand drain" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand drain" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand drain" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand drain" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand drain" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand drain" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand drain" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand drain" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand drain" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand drain" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand drain" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand drain" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand drain" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand drain" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand drain" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand drain" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand activate" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand activate" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand activate" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand activate" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand activate" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand activate" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand activate" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand activate" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand activate" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand activate" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand activate" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand activate" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand activate" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand activate" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand activate" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand activate" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -f -a "run" -d 'Store what a stack keeps: dumps of its databases, files of its volumes'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -f -a "ls" -d 'List how the backups of each stack stand; with a stack, its sets'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -f -a "show" -d 'Show a set: its parts, their checksums, and how each is read without stacktop'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -f -a "verify" -d 'Read a set to the last byte and compare it with its manifest; exit code 1 if something is damaged'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and not __fish_seen_subcommand_from run ls show verify prune" -f -a "prune" -d 'Remove old sets by the retention that is settled; never the last valid one'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -l only -d 'Only the dumps of databases, or only the files of volumes' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -l mode -d 'How volumes are kept consistent: stop, pause or live; by labels and rules if not said' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -l to -d 'Folder of backups, instead of the settled one or ~/.local/share/stacktop/backups' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -l encrypt-age -d 'Encrypt by age for this public key, or for those in this file; may be given several times' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -l due -d 'All stacks of the settings whose slot has come and that were not backed up since; for cron or a timer'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from ls" -l from -l to -d 'Folder of backups, instead of the settled one or ~/.local/share/stacktop/backups' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from ls" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from ls" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from ls" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from ls" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from ls" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from ls" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from ls" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from ls" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from ls" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from ls" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from ls" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from ls" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from ls" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from show" -l set -d 'A set by its id, or the beginning or end of it; else the newest valid one' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from show" -l from -l to -d 'Folder of backups, instead of the settled one or ~/.local/share/stacktop/backups' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from show" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from show" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from show" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from show" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from show" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from show" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from show" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from show" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from show" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from show" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from show" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from show" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from show" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from verify" -l set -d 'A set by its id, or the beginning or end of it; else the newest valid one' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from verify" -l identity -d 'File with age\'s secret key, instead of the settled one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from verify" -l from -l to -d 'Folder of backups, instead of the settled one or ~/.local/share/stacktop/backups' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from verify" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from verify" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from verify" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from verify" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from verify" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from verify" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from verify" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from verify" -l all -d 'Every set that has a manifest'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from verify" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from verify" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from verify" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from verify" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from verify" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from verify" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l keep-last -d 'Keep the newest N sets' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l keep-hourly -d 'Keep the newest set of each of N hours' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l keep-daily -d 'Keep the newest set of each of N days' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l keep-weekly -d 'Keep the newest set of each of N weeks' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l keep-monthly -d 'Keep the newest set of each of N months' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l from -l to -d 'Folder of backups, instead of the settled one or ~/.local/share/stacktop/backups' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l all -d 'Every stack that has sets and for which it is settled what stays'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand backup; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -l from -l to -d 'Folder of backups, instead of the settled one or ~/.local/share/stacktop/backups' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -l set -d 'The set: the beginning of its name, or the end; the newest valid one if none is named' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -l only -d 'Only the dumps of databases, or only the files of volumes' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -l identity -d 'File with the identity that decrypts what age has encrypted' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -l in-place -d 'Put the data into volumes of the old names: what is in them now is lost'
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand restore" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -l from -l to -d 'Folder of backups, instead of the settled one or ~/.local/share/stacktop/backups' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -l set -d 'The set: the beginning of its name, or the end; the newest valid one if none is named' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -l rto -d 'How long all of it may take, such as 1h; else what is settled' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -l identity -d 'File with the identity that decrypts what age has encrypted' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand drill" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -f -a "ls" -d 'List them: who, what, since when, and whether the process still lives'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -f -a "show" -d 'Show one, and what is left to be done in both directions'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -f -a "resume" -d 'Go on with one whose process has ended'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -f -a "rollback" -d 'Put back everything that one whose process has ended has changed'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and not __fish_seen_subcommand_from ls show resume rollback abort" -f -a "abort" -d 'Forget one and leave everything as it is now'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from ls" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from ls" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from ls" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from ls" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from ls" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from ls" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from ls" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from ls" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from ls" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from ls" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from ls" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from ls" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from ls" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from show" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from show" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from show" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from show" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from show" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from show" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from show" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from show" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from show" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from show" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from show" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from show" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from show" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from resume" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from resume" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from resume" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from resume" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from resume" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from resume" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from resume" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from resume" -l break-lock -d 'Take over an operation of another host; its process must be gone for certain'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from resume" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from resume" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from resume" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from resume" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from resume" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from resume" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from resume" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from resume" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from rollback" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from rollback" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from rollback" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from rollback" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from rollback" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from rollback" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from rollback" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from rollback" -l break-lock -d 'Take over an operation of another host; its process must be gone for certain'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from rollback" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from rollback" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from rollback" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from rollback" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from rollback" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from rollback" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from rollback" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from rollback" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from rollback" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from abort" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from abort" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from abort" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from abort" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from abort" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from abort" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from abort" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from abort" -l break-lock -d 'Take over an operation of another host; its process must be gone for certain'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from abort" -l plan -l dry-run -d 'Print what would be done, step by step, and touch nothing'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from abort" -s y -l yes -d 'Do it without asking'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from abort" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from abort" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from abort" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from abort" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from abort" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from abort" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand ops; and __fish_seen_subcommand_from abort" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -l since -d 'Only those begun since then: 10m, 2h, 7d ago, or RFC 3339' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -l until -d 'Only those begun before then' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -l user -d 'Only those of one user' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -l verb -d 'Only those of one kind: rollout, scale, restart, ...' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -l outcome -l verdict -d 'Only those that ended so: succeeded, rolled-back, paused, interrupted, failed' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -l last -d 'Only the newest of them' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -l all-engines -d 'Those of every engine, not only of the current one'
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and not __fish_seen_subcommand_from show" -a "show" -d 'Show one operation: each call before it was made, what came of it, and the gates'
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and __fish_seen_subcommand_from show" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and __fish_seen_subcommand_from show" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and __fish_seen_subcommand_from show" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and __fish_seen_subcommand_from show" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and __fish_seen_subcommand_from show" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and __fish_seen_subcommand_from show" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and __fish_seen_subcommand_from show" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and __fish_seen_subcommand_from show" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and __fish_seen_subcommand_from show" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and __fish_seen_subcommand_from show" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and __fish_seen_subcommand_from show" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and __fish_seen_subcommand_from show" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and __fish_seen_subcommand_from show" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand journal; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand doctor" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand doctor" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand doctor" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand doctor" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand doctor" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand doctor" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand doctor" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand doctor" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand doctor" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand doctor" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand doctor" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand doctor" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand doctor" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c stacktop -n "__fish_stacktop_using_subcommand version" -s H -l host -d 'Address of the engine, such as unix:///run/docker.sock or tcp://10.0.0.5:2376' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand version" -s c -l context -d 'Docker context to take the address from' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand version" -l world -d 'World of the simulated engine instead of the built-in one' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand version" -l seed -d 'Where the world\'s randomness comes from: the same number gives the same world' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand version" -l speed -d 'Seconds that pass in the world each second' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand version" -l theme -d 'Colours of the dashboard: default, light, high-contrast, deuteranopia, mono' -r
complete -c stacktop -n "__fish_stacktop_using_subcommand version" -l settings -d 'Settings to use instead of those in the configuration folder' -r -F
complete -c stacktop -n "__fish_stacktop_using_subcommand version" -l demo -d 'Use a simulated engine instead of a real one'
complete -c stacktop -n "__fish_stacktop_using_subcommand version" -l read-only -d 'Change nothing: verbs that would are refused, the dashboard has no key for them'
complete -c stacktop -n "__fish_stacktop_using_subcommand version" -l no-heal -d 'Leave down what a killed update or backup has left so: else the dashboard, `ops` and `backup run` start it'
complete -c stacktop -n "__fish_stacktop_using_subcommand version" -l json -d 'Print JSON with documented, stable fields'
complete -c stacktop -n "__fish_stacktop_using_subcommand version" -l no-color -d 'Print no colours, as with the variable NO_COLOR'
complete -c stacktop -n "__fish_stacktop_using_subcommand version" -l ascii -d 'Mark states in ASCII; so it is in a locale that is not UTF-8'
complete -c stacktop -n "__fish_stacktop_using_subcommand version" -s h -l help -d 'Print help'
