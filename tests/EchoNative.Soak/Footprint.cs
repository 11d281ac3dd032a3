using System.IO;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.Soak;

/// <summary>What a process has of the machine.</summary>
/// <param name="Descriptors">Its open descriptors with what they lead to.</param>
/// <param name="Anonymous">Memory that belongs to no file, RssAnon of proc_pid_status(5).</param>
/// <param name="PageTables">VmPTE.</param>
/// <param name="Mappings">How many pieces its address space has.</param>
internal sealed record Footprint(string Descriptors, string Anonymous, string PageTables, int Mappings)
{
    /// <summary>Looks at a process.</summary>
    public static Footprint Of(int processId) => new(
        string.Join('\n', ProcessTable.DescriptorsOf(processId).OrderBy(one => one.Key).Select(one => $"{one.Key}:{one.Value}")),
        ProcessTable.StatusOf(processId, "RssAnon"),
        ProcessTable.StatusOf(processId, "VmPTE"),
        File.ReadLines($"/proc/{processId}/maps").Count());

    /// <summary>What a person compares.</summary>
    public override string ToString() =>
        $"{Descriptors.Split('\n').Length} descriptors, RssAnon {Anonymous}, VmPTE {PageTables}, {Mappings} mappings";
}
