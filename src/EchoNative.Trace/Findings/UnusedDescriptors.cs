using System.Collections.Generic;
using System.Linq;
using EchoNative.Trace.Log;
using EchoNative.Trace.Model;

namespace EchoNative.Trace.Findings;

/// <summary>
/// Sockets that two processes share after a fork and that one of them never uses. A process may hold such a socket for a
/// moment, because it closes one descriptor after the other. It is a fault when the process uses another socket, sleeps, or
/// ends, while the socket is still open.
/// </summary>
internal static class UnusedDescriptors
{
    public static IEnumerable<Finding> In(History history)
    {
        ILookup<int, SystemCall> calls = history.Log.Events.OfType<SystemCall>().ToLookup(call => call.Task);
        foreach (OpenFile file in history.Files.Where(file => file.IsDrawn))
        {
            foreach (IGrouping<TracedProcess, Descriptor> held in file.Descriptors.GroupBy(one => one.Owner))
            {
                if (SharedFrom(file, held.Key) is Moment shared
                    && Judge(file, [.. held], shared, [.. calls[held.Key.Id]]) is Finding finding)
                {
                    yield return finding;
                }
            }
        }
    }

    // The fork from which on the process shares the file: the one that made it, or the first one that made a child.
    private static Moment? SharedFrom(OpenFile file, TracedProcess process) => file.Descriptors
        .Where(one => one.Origin == DescriptorOrigin.Forked && (one.Owner == process || one.Owner.Parent == process))
        .Select(one => (Moment?)one.Opened)
        .Min();

    private static Finding? Judge(OpenFile file, IReadOnlyList<Descriptor> held, Moment shared, IReadOnlyList<SystemCall> calls)
    {
        TracedProcess process = held[0].Owner;
        if (calls.Any(call => CallArguments.UsedDescriptors(call).Any(number => LeadsTo(held, number, call))))
        {
            return null;
        }

        Descriptor? left = held.FirstOrDefault(one => IsLeft(one, shared, calls));
        return left is null
            ? null
            : new Finding(FindingKind.UnusedDescriptor, Describe(file, left), process) { Descriptor = left };
    }

    private static bool LeadsTo(IReadOnlyList<Descriptor> held, int number, SystemCall call) => held.Any(one =>
        one.Number == number && one.Opened <= call.End && !(one.Closed < call.Begin));

    private static bool IsLeft(Descriptor descriptor, Moment shared, IReadOnlyList<SystemCall> calls) =>
        !descriptor.WasClosedByCall && descriptor.ClosedBy is not SystemCall
        || calls.Any(call => call.Begin > shared && call.Begin < descriptor.Closed && DoesOtherWork(descriptor, call));

    private static bool DoesOtherWork(Descriptor descriptor, SystemCall call) => CallArguments.IsWait(call)
        || CallArguments.UsedDescriptors(call).Any(number => descriptor.Owner.Descriptors.Any(other =>
            other.Number == number && other.File != descriptor.File && other.File.IsDrawn
            && other.Opened <= call.Begin && !(other.Closed < call.Begin)));

    private static string Describe(OpenFile file, Descriptor left)
    {
        bool isChild = left.Origin == DescriptorOrigin.Forked;
        string who = isChild ? "child" : "parent";
        string until = left.Closed is null ? "open when the log ends"
            : left.WasClosedByCall ? "closed late"
            : "open until the process ends";
        string harm = file.Kind switch
        {
            FileKind.ListeningSocket => ", so the port stays taken",
            FileKind.ConnectedSocket => ", so the peer does not see the end",
            _ => "",
        };
        return $"{who} {left.Owner.Id} never uses descriptor {left.Number} ({file.Description}): {until}{harm}";
    }
}
