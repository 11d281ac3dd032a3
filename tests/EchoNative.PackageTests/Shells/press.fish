# Prints what fish offers when the key of completion is pressed behind each command line: the number of the line, a
# tab, the word. Usage: press.fish FOLDER SCRATCH-FOLDER COMMAND-LINE...
for file in $argv[1]/*.fish
    source $file
end
set -l number 0
for line in $argv[3..-1]
    set number (math $number + 1)
    complete -C $line | string replace --regex '\t.*' '' | string replace --regex '^' "$number	"
end
# string(1) exits with 1 where there was nothing to replace.
exit 0
