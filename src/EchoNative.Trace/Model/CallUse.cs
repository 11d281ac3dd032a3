using System.Collections.Generic;
using System.Linq;
using EchoNative.Trace.Log;

namespace EchoNative.Trace.Model;

/// <summary>Which descriptors a call makes use of: the difference between having one and needing it.</summary>
internal static class CallUse
{
    private static readonly HashSet<string> s_onFirst =
    [
        "read", "readv", "pread64", "recv", "recvfrom", "recvmsg", "recvmmsg", "write", "writev", "pwrite64", "send", "sendto", "sendmsg",
        "sendmmsg", "accept", "accept4", "bind", "listen", "connect", "shutdown", "sendfile", "splice", "tee",
    ];

    private static readonly HashSet<string> s_sleeps = ["pause", "nanosleep", "clock_nanosleep", "rt_sigsuspend", "rt_sigtimedwait"];

    /// <summary>The numbers of the descriptors that it reads, writes, accepts on, or waits for.</summary>
    public static IReadOnlyList<int> DescriptorsOf(SystemCall call) => call.Name switch
    {
        "poll" or "ppoll" => [.. StraceGrammar.ParseList(call.Argument(0)).Select(FirstOfStructure)],
        "select" or "pselect6" => [.. Enumerable.Range(1, 3).SelectMany(index => NumbersIn(call.Argument(index)))],
        "epoll_ctl" => NumbersOf(call, 2),
        "splice" => [.. NumbersOf(call, 0), .. NumbersOf(call, 2)],
        "sendfile" or "tee" => [.. NumbersOf(call, 0), .. NumbersOf(call, 1)],
        _ when s_onFirst.Contains(call.Name) => NumbersOf(call, 0),
        _ => [],
    };

    /// <summary>Whether the process has turned to something else than tidying up: it waits.</summary>
    public static bool IsWait(SystemCall call) => s_sleeps.Contains(call.Name)
        || call.Name is "poll" or "ppoll" or "select" or "pselect6" or "epoll_wait" or "epoll_pwait" or "epoll_pwait2"
        || (call.Name is "wait4" or "waitid" && !call.Mentions("WNOHANG"));

    private static IReadOnlyList<int> NumbersOf(SystemCall call, int argument) =>
        call.DescriptorAt(argument) is DescriptorName name ? [name.Number] : [];

    // {fd=3, events=POLLIN}
    private static int FirstOfStructure(string text) =>
        StraceGrammar.ParseList(text) is [string field, ..] && field.StartsWith("fd=", System.StringComparison.Ordinal)
        && StraceGrammar.ParseDescriptor(field[3..]) is DescriptorName name ? name.Number : -1;

    // [3 5<socket:[7]>]: a set, without commas.
    private static IEnumerable<int> NumbersIn(string set) =>
        set.Trim('[', ']').Split(' ').Select(StraceGrammar.ParseDescriptor).OfType<DescriptorName>().Select(name => name.Number);
}
