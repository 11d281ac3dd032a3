using System.Collections.Generic;
using System.Text;

namespace EchoNative.Cli;

/// <summary>A command as its user sees it: what it is called, what it takes, what it does.</summary>
/// <param name="Name">The name that starts it, and its messages.</param>
/// <param name="Operands">What stands for the operands in the usage.</param>
/// <param name="Describe">What it does, and each option but those that every command has.</param>
/// <param name="Options">All options it takes.</param>
internal sealed record Command(string Name, string Operands, HelpText Describe, IReadOnlyList<OptionDescription> Options)
{
    private const int DescriptionColumn = 25;

    /// <summary>How it is called, in lines that end in a newline each.</summary>
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

    /// <summary>The whole help, in lines that end in a newline each.</summary>
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
