using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace EchoNative.Bench;

/// <summary>
/// Which processor runs the servers and which the load, the same for all: a scheduler that sometimes puts
/// both on one core and sometimes does not would be a larger difference than those we look for.
/// </summary>
internal sealed class Pinning
{
    private readonly string? _taskset = Tool.Find("taskset");
    private readonly int _server;
    private readonly int _load;

    public Pinning()
    {
        int[] allowed = AllowedProcessors();
        IsPinned = _taskset is not null && allowed.Length > 1;
        _server = allowed[0];
        _load = allowed[^1];
    }

    /// <summary>What is done, in words.</summary>
    public string Description => IsPinned
        ? string.Create(CultureInfo.InvariantCulture, $"servers on processor {_server}, load on processor {_load}")
        : "nothing is pinned to a processor (that takes taskset and two processors)";

    private bool IsPinned { get; }

    /// <summary>A command that runs where servers run.</summary>
    public IReadOnlyList<string> Server(params IEnumerable<string> command) => Pin(_server, command);

    /// <summary>A command that runs where clients run.</summary>
    public IReadOnlyList<string> Load(params IEnumerable<string> command) => Pin(_load, command);

    // taskset(1) executes the command in its own place, so that the process id stays the one we know.
    private string[] Pin(int processor, IEnumerable<string> command) => IsPinned
        ? [_taskset!, "-c", processor.ToString(CultureInfo.InvariantCulture), .. command]
        : [.. command];

    // Such as "0-3,8".
    private static int[] AllowedProcessors() =>
    [
        .. ProcessFile.ReadField("/proc/self/status", "Cpus_allowed_list").Split(',')
            .Select(range => range.Split('-'))
            .Select(ends => ends.Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray())
            .SelectMany(ends => Enumerable.Range(ends[0], ends[^1] - ends[0] + 1)),
    ];
}
