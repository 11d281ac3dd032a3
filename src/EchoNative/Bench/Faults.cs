namespace EchoNative.Bench;

/// <summary>What went wrong: how often, and what it was the first time.</summary>
internal sealed class Faults
{
    /// <summary>How many operations or connections failed.</summary>
    public long Count { get; private set; }

    /// <summary>The description of the first failure; null where there was none.</summary>
    public string? First { get; private set; }

    public void Add(string description)
    {
        Count++;
        First ??= description;
    }
}
