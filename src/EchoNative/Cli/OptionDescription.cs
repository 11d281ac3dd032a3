namespace EchoNative.Cli;

/// <summary>One option of a command, as the parser and the help text need it.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="ValueName">What stands for the value in the usage, or null for an option without one.</param>
/// <param name="Description">What it does, and its default.</param>
internal sealed record OptionDescription(string Name, string? ValueName, string Description)
{
    public static readonly OptionDescription Help = new("--help", null, "show this help and exit");
    public static readonly OptionDescription Version = new("--version", null, "show the version and exit");

    public bool TakesValue => ValueName is not null;

    /// <summary>The option with its value, as the usage shows it.</summary>
    public string Synopsis => TakesValue ? $"{Name} {ValueName}" : Name;
}
