namespace EchoNative.Benchmark;

/// <summary>How long and how often to measure.</summary>
internal sealed record Plan
{
    /// <summary>For results: so many rounds that a ratio of 1.02 is significant.</summary>
    public static Plan Full { get; } = new()
    {
        Name = "full",
        Rounds = 9,
        Seconds = 1.5,
        WarmupSeconds = 0.3,
        CountedConnections = 8000,
        BulkBytes = 4_000_000_000,
        FileBytes = 1_000_000_000,
        HeldRounds = 3,
        HeldConnections = 10_000,
        StartRounds = 100,
    };

    /// <summary>For a check in less than a minute whether something has become much slower.</summary>
    public static Plan Quick { get; } = new()
    {
        Name = "quick",
        Rounds = 3,
        Seconds = 0.3,
        WarmupSeconds = 0.1,
        CountedConnections = 3000,
        BulkBytes = 500_000_000,
        FileBytes = 200_000_000,
        HeldRounds = 1,
        HeldConnections = 10_000,
        StartRounds = 20,
    };

    /// <summary>The name of the plan in the results.</summary>
    public required string Name { get; init; }

    /// <summary>How often each subject is measured.</summary>
    public required int Rounds { get; init; }

    /// <summary>How long the load generator runs in each round, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>How long the load generator runs before it counts, in seconds.</summary>
    public required double WarmupSeconds { get; init; }

    /// <summary>How many connections are made to measure the cost of one.</summary>
    public required int CountedConnections { get; init; }

    /// <summary>How many bytes a server echoes in one round.</summary>
    public required long BulkBytes { get; init; }

    /// <summary>The length of the file that a client sends in one round, in bytes.</summary>
    public required long FileBytes { get; init; }

    /// <summary>How often holding many connections is measured.</summary>
    public required int HeldRounds { get; init; }

    /// <summary>How many connections are held.</summary>
    public required int HeldConnections { get; init; }

    /// <summary>How often each server is started to measure its start.</summary>
    public required int StartRounds { get; init; }
}
