# Prints what bash offers when the key of completion is pressed behind each command line: the number of the line, a
# tab, the word. Usage: press.bash FOLDER SCRATCH-FOLDER COMMAND-LINE...
# The words are split as bash would split them: at blanks, and around equals signs.
source "$1/echo-native.bash"
shift 2
number=0
for line in "$@"; do
    number=$((number + 1))
    read -r -a COMP_WORDS <<<"${line//=/ = }"
    case $line in
        *' ') COMP_WORDS+=('') ;;
    esac
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMPREPLY=()
    spec=$(complete -p -- "${COMP_WORDS[0]}") || exit
    function=${spec#*-F }
    "${function%% *}" "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    [ "${#COMPREPLY[@]}" -eq 0 ] || printf "$number\t%s\n" "${COMPREPLY[@]}"
done
