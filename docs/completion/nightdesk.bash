# bash completion of nightdesk, made by 'nightdesk help --completion bash'
_nightdesk() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W 'run submit resume status list watch download approve reject answer cancel delete verify replay batch phase kb models doctor version help --help --version' -- "$cur")
        return
    fi
    case $prev in
    --docs) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --include) COMPREPLY=(); return ;;
    --exclude) COMPREPLY=(); return ;;
    --local) COMPREPLY=(); return ;;
    --confidential) COMPREPLY=(); return ;;
    --question) COMPREPLY=(); return ;;
    --must-cover) COMPREPLY=(); return ;;
    --forbid) COMPREPLY=(); return ;;
    --sub-topics) COMPREPLY=(); return ;;
    --length) mapfile -t COMPREPLY < <(compgen -W 'short standard long' -- "$cur"); return ;;
    --language) COMPREPLY=(); return ;;
    --audience) COMPREPLY=(); return ;;
    --tone) COMPREPLY=(); return ;;
    --house-style) COMPREPLY=(); return ;;
    --citation-style) mapfile -t COMPREPLY < <(compgen -W 'numeric author-date' -- "$cur"); return ;;
    --output) mapfile -t COMPREPLY < <(compgen -W 'html markdown json bibtex' -- "$cur"); return ;;
    --search) COMPREPLY=(); return ;;
    --search-url) COMPREPLY=(); return ;;
    --url) COMPREPLY=(); return ;;
    --allow-host) COMPREPLY=(); return ;;
    --kb) COMPREPLY=(); return ;;
    --since) COMPREPLY=(); return ;;
    --safety) mapfile -t COMPREPLY < <(compgen -W 'flag mask block' -- "$cur"); return ;;
    --request) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --model) COMPREPLY=(); return ;;
    --price) COMPREPLY=(); return ;;
    --read-model) COMPREPLY=(); return ;;
    --read-price) COMPREPLY=(); return ;;
    --fallback-model) COMPREPLY=(); return ;;
    --fallback-price) COMPREPLY=(); return ;;
    --guardrail) COMPREPLY=(); return ;;
    --context) COMPREPLY=(); return ;;
    --model-traits) COMPREPLY=(); return ;;
    --budget) COMPREPLY=(); return ;;
    --max-tool-calls) COMPREPLY=(); return ;;
    --max-run-tool-calls) COMPREPLY=(); return ;;
    --max-lane-steps) COMPREPLY=(); return ;;
    --max-time) COMPREPLY=(); return ;;
    --max-failed-inputs) COMPREPLY=(); return ;;
    --approve) mapfile -t COMPREPLY < <(compgen -W 'plan outline final' -- "$cur"); return ;;
    --notify-command) COMPREPLY=(); return ;;
    --notify-url) COMPREPLY=(); return ;;
    --run-id) COMPREPLY=(); return ;;
    --started-at) COMPREPLY=(); return ;;
    --out) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --lanes) COMPREPLY=(); return ;;
    --max-steps) COMPREPLY=(); return ;;
    --max-seconds) COMPREPLY=(); return ;;
    --watchdog) COMPREPLY=(); return ;;
    --gate-wait) COMPREPLY=(); return ;;
    --reader) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --store) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --stack) COMPREPLY=(); return ;;
    --machine) COMPREPLY=(); return ;;
    --plan) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --max-total) COMPREPLY=(); return ;;
    --concurrency) COMPREPLY=(); return ;;
    --tolerated-failures) COMPREPLY=(); return ;;
    --scheduled-time) COMPREPLY=(); return ;;
    --run) COMPREPLY=(); return ;;
    --phase) mapfile -t COMPREPLY < <(compgen -W 'research draft synthesize fact-check' -- "$cur"); return ;;
    --outcome) mapfile -t COMPREPLY < <(compgen -W 'running completed yielded awaiting_approval awaiting_answer budget_exceeded limit_reached rejected cancelled expired failed' -- "$cur"); return ;;
    --why) COMPREPLY=(); return ;;
    --expires) COMPREPLY=(); return ;;
    --bedrock) COMPREPLY=(); return ;;
    --region) COMPREPLY=(); return ;;
    --completion) mapfile -t COMPREPLY < <(compgen -W 'bash' -- "$cur"); return ;;
    --progress) mapfile -t COMPREPLY < <(compgen -W 'auto tty plain json none' -- "$cur"); return ;;
    --color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur"); return ;;
    --log-level) mapfile -t COMPREPLY < <(compgen -W 'error warn info debug' -- "$cur"); return ;;
    esac
    case ${COMP_WORDS[1]} in
    run) words='--docs --include --exclude --local --confidential --question --must-cover --forbid --sub-topics --length --language --audience --tone --house-style --citation-style --output --search --search-url --url --allow-host --kb --since --safety --request --model --price --read-model --read-price --fallback-model --fallback-price --guardrail --context --model-traits --budget --max-tool-calls --max-run-tool-calls --max-lane-steps --max-time --max-failed-inputs --approve --ask --notify-command --notify-url --run-id --started-at --out --dry-run --offline --lanes --max-steps --max-seconds --reader --store --stack --json --progress --color --log-level --help ' ;;
    submit) words='--docs --include --exclude --local --confidential --question --must-cover --forbid --sub-topics --length --language --audience --tone --house-style --citation-style --output --search --url --kb --since --safety --request --model --read-model --fallback-model --guardrail --context --budget --max-tool-calls --max-run-tool-calls --max-lane-steps --max-time --max-failed-inputs --approve --ask --run-id --started-at --store --stack --machine --watch --dry-run --json --progress --color --log-level --help ' ;;
    resume) words='--search-url --allow-host --price --read-price --fallback-price --model-traits --notify-command --notify-url --out --offline --lanes --max-steps --max-seconds --reader --store --stack --machine --budget --max-tool-calls --max-run-tool-calls --max-lane-steps --max-time --json --progress --color --log-level --help ' ;;
    status) words='--store --stack --machine --json --color --log-level --help ' ;;
    list) words='--store --stack --machine --outcome --json --color --log-level --help ' ;;
    watch) words='--store --stack --machine --json --progress --color --log-level --help ' ;;
    download) words='--store --stack --machine --out --url --expires --json --color --log-level --help ' ;;
    approve) words='--store --stack --machine --edit --json --color --log-level --help ' ;;
    reject) words='--store --stack --machine --revise --why --json --color --log-level --help ' ;;
    answer) words='--store --stack --machine --json --color --log-level --help ' ;;
    cancel) words='--store --stack --machine --json --color --log-level --help ' ;;
    delete) words='--store --stack --machine --yes --json --color --log-level --help ' ;;
    verify) words='--reader --docs --json --color --log-level --help ' ;;
    replay) words='--store --stack --out --json --color --log-level --help ' ;;
    batch) words='--search-url --allow-host --price --read-price --fallback-price --model-traits --notify-command --notify-url --offline --lanes --reader --store --stack --check --plan --max-total --concurrency --tolerated-failures --scheduled-time --out --json --color --log-level --help ' ;;
    phase) words='--search-url --allow-host --since --request --price --read-price --fallback-price --model-traits --notify-command --notify-url --started-at --out --offline --lanes --max-steps --max-seconds --watchdog --gate-wait --reader --store --run --phase --json --progress --color --log-level --help ' ;;
    kb) words='--bedrock --region --json --color --log-level --help ' ;;
    models) words='--json --color --log-level --help ' ;;
    doctor) words='--offline --reader --store --stack --machine --json --color --log-level --help ' ;;
    version) words='--json --color --log-level --help ' ;;
    help) words='--man --completion --json --color --log-level --help ' ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    fi
}
complete -o filenames -F _nightdesk nightdesk
