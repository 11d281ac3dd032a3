using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.Benchmark;

/// <summary>
/// Pins the servers to one processor and the load to another, in the same way for all. If the scheduler put both on one
/// core in some rounds only, the difference would be larger than those to be measured.
/// </summary>
internal sealed class Pinning
{
    private readonly string? _taskset = Tool.TryFind("taskset");
    private readonly int _server;
    private readonly int _load;

    public Pinning()
    {
        int[] allowed = AllowedProcessors();
        IsPinned = _taskset is not null && allowed.Length > 1;
        _server = allowed[0];
        _load = allowed[^1];
    }

    /// <summary>The pinning in words.</summary>
    public string Description => IsPinned
        ? string.Create(CultureInfo.InvariantCulture, $"servers on processor {_server}, load on processor {_load}")
        : "nothing is pinned to a processor (that takes taskset and two processors)";

    private bool IsPinned { get; }

    /// <summary>The command, pinned to the processor of the servers.</summary>
    public IReadOnlyList<string> Server(params IEnumerable<string> command) => Pin(_server, command);

    /// <summary>The command, pinned to the processor of the load.</summary>
    public IReadOnlyList<string> Load(params IEnumerable<string> command) => Pin(_load, command);

    // taskset(1) executes the command in its own process, so the process id stays the same.
    private string[] Pin(int processor, IEnumerable<string> command) => IsPinned
        ? [_taskset!, "-c", processor.ToString(CultureInfo.InvariantCulture), .. command]
        : [.. command];

    // Such as "0-3,8".
    private static int[] AllowedProcessors() =>
    [
        .. ProcessTable.ReadField("/proc/self/status", "Cpus_allowed_list").Split(',')
            .Select(range => range.Split('-'))
            .Select(ends => ends.Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray())
            .SelectMany(ends => Enumerable.Range(ends[0], ends[^1] - ends[0] + 1)),
    ];
}
