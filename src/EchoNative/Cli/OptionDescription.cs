namespace EchoNative.Cli;

/// <summary>One option of a command, as the parser and the usage need it.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="ValueName">What stands for the value in the usage, or null for an option without one.</param>
internal sealed record OptionDescription(string Name, string? ValueName = null)
{
    public static readonly OptionDescription Help = new("--help");
    public static readonly OptionDescription Version = new("--version");

    public bool TakesValue => ValueName is not null;

    /// <summary>The option with its value, as the usage shows it.</summary>
    public string Synopsis => TakesValue ? $"{Name} {ValueName}" : Name;
}
