using System;
using System.Collections.Generic;
using System.Text;

namespace EchoNative.Cli;

/// <summary>Returns the help text of a command, or of one of its options together with its default.</summary>
/// <param name="option">The name of the option, or null for the command.</param>
/// <returns>
/// Text in UTF-8. It is not a string, because the runtime writes all string literals into memory at each start, which
/// makes every fork slower. UTF-8 literals stay in the file until --help reads them.
/// </returns>
internal delegate ReadOnlySpan<byte> HelpText(string? option);

/// <summary>One option of a command, as the parser and the usage line need it.</summary>
/// <param name="Name">The name with its dashes.</param>
/// <param name="ValueName">The placeholder for the value in the usage line, or null for an option without a value.</param>
internal sealed record OptionDescription(string Name, string? ValueName = null)
{
    public static readonly OptionDescription Help = new("--help");
    public static readonly OptionDescription Version = new("--version");

    public bool TakesValue => ValueName is not null;

    /// <summary>The option with its value, as the usage line shows it.</summary>
    public string Synopsis => TakesValue ? $"{Name} {ValueName}" : Name;
}

/// <summary>A command as its user sees it: its name, its operands, its options and their help.</summary>
/// <param name="Name">The name that starts it and that begins its messages.</param>
/// <param name="Operands">The placeholders for the operands in the usage line.</param>
/// <param name="Describe">The help text of the command and of each option, except --help and --version.</param>
/// <param name="Options">All options of the command.</param>
internal sealed record Command(string Name, string Operands, HelpText Describe, IReadOnlyList<OptionDescription> Options)
{
    private const int DescriptionColumn = 25;

    /// <summary>The usage line, with a newline at its end.</summary>
    public string Usage
    {
        get
        {
            StringBuilder text = new();
            _ = text.Append("Usage: ").Append(Name).Append(' ').Append(Operands);
            foreach (OptionDescription option in Options)
            {
                _ = text.Append(" [").Append(option.Synopsis).Append(']');
            }

            return text.Append('\n').ToString();
        }
    }

    /// <summary>All of --help. Each line ends in a newline.</summary>
    public string Help
    {
        get
        {
            StringBuilder text = new();
            _ = text.Append(Usage).Append('\n').Append(TextOf(null)).Append("\n\nOptions:\n");
            foreach (OptionDescription option in Options)
            {
                _ = text.Append("  ").Append(option.Synopsis.PadRight(DescriptionColumn)).Append(TextOf(option)).Append('\n');
            }

            return text.ToString();
        }
    }

    private string TextOf(OptionDescription? option) => Encoding.UTF8.GetString(
        option == OptionDescription.Help ? "show this help and exit"u8
        : option == OptionDescription.Version ? "show the version and exit"u8
        : Describe(option?.Name));
}
