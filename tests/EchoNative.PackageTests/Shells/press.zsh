# Prints what zsh offers when the key of completion is pressed behind each command line: the number of the line, a
# tab, the word. Usage: press.zsh FOLDER SCRATCH-FOLDER COMMAND-LINE...
# An interactive zsh on a terminal of its own gets the keys; what is offered it writes to a file as well.
emulate -R zsh
zmodload zsh/zpty
folder=$1 scratch=$2
shift 2
mkdir $scratch/functions
cp $folder/echo-native.zsh $scratch/functions/_echo-native
cat >$scratch/setup <<SETUP
PS1= ; stty -echo
fpath=($scratch/functions \$fpath)
autoload -Uz compinit && compinit -u -d $scratch/dump
# Calls that only ask which words would match are left alone.
compadd() {
    if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)* ]]; then builtin compadd "\$@"; return; fi
    local -a offered
    builtin compadd -O offered "\$@"
    ((\$#offered)) && print -rl -- \$offered >>$scratch/offered
    builtin compadd "\$@"
}
finish() { print -r done >$scratch/done }
zle -N finish
zle -C offer list-choices _main_complete
bindkey '^T' offer
bindkey '^G' finish
bindkey '^U' kill-whole-line
print -r ready >$scratch/ready
SETUP

# The terminal is read meanwhile, or the shell would wait for its reader.
wait_for() {
    local try
    for try in {1..1200}; do
        zpty -r -t shell ignored 2>/dev/null
        [[ -s $scratch/$1 ]] && return 0
        sleep 0.02
    done
    print -u 2 "waited in vain until zsh is $1"
    exit 1
}

zpty shell zsh -f -i
zpty -w shell "source $scratch/setup"
wait_for ready
number=0
for line in "$@"; do
    ((number++))
    : >$scratch/offered
    zpty -w -n shell $'\x15'"$line"$'\x14'$'\x07'
    wait_for done
    rm $scratch/done
    sed "s/^/$number\t/" $scratch/offered
done
zpty -d shell
exit 0
