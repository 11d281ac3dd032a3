using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using EchoNative.Trace.Log;

namespace EchoNative.Trace.Model;

/// <summary>Reads the arguments of a call with the help of its row in <see cref="SystemCallTable"/>.</summary>
internal static partial class CallArguments
{
    /// <summary>The numbers of the descriptors that a call reads, writes, accepts on, or waits for.</summary>
    public static IReadOnlyList<int> UsedDescriptors(SystemCall call) =>
    [
        .. SystemCallTable.Find(call.Name).Descriptors
            .Where(argument => argument.IsUse)
            .SelectMany(argument => NumbersIn(call, argument)),
    ];

    /// <summary>Whether the process sleeps in the call because it has no other work left.</summary>
    public static bool IsWait(SystemCall call) => SystemCallTable.Find(call.Name) is { Sleep: SleepKind.UntilEvent } row
        && !(row.Action == CallAction.Wait && call.Mentions("WNOHANG"));

    /// <summary>How many bytes a successful transfer moved. recvmmsg(2) and sendmmsg(2) return a count of messages.</summary>
    public static long BytesMoved(SystemCall call) =>
        SystemCallTable.Find(call.Name).Descriptors.FirstOrDefault(one => one.Form == ArgumentForm.MessageArray)
            is DescriptorArgument array
            ? StraceGrammar.ParseList(call.Argument(array.Index)).Take(call.Value)
                .Sum(message => long.TryParse(StraceGrammar.ParseField(message, "msg_len"), out long length) ? length : 0)
            : call.Value;

    /// <summary>The descriptors in a list such as <c>[3, 4]</c>.</summary>
    public static IEnumerable<DescriptorName> DescriptorsIn(string list) =>
        StraceGrammar.ParseList(list).Select(StraceGrammar.ParseDescriptor).OfType<DescriptorName>();

    /// <summary>The descriptors that a received message, or an array of messages, carries: see SCM_RIGHTS in unix(7).</summary>
    public static IEnumerable<DescriptorName> PassedDescriptors(SystemCall call, DescriptorArgument argument) =>
        MessagesIn(call, argument)
            .SelectMany(message => StraceGrammar.ParseList(StraceGrammar.ParseField(message, "msg_control")))
            .Where(control => StraceGrammar.ParseField(control, "cmsg_type") == "SCM_RIGHTS")
            .SelectMany(control => DescriptorsIn(StraceGrammar.ParseField(control, "cmsg_data")));

    /// <summary>What an unknown descriptor leads to, by the call that names it and by what <c>strace -y</c> prints.</summary>
    public static FileKind KindOf(SystemCall call, int argument, DescriptorName name)
    {
        FileKind implied = call.Result.Error == "ENOTSOCK"
            ? FileKind.Other
            : SystemCallTable.Find(call.Name).Descriptors.FirstOrDefault(one => one.Index == argument)?.Implies ?? FileKind.Other;
        return implied == FileKind.ListeningSocket ? implied
            : name.Annotation.Contains("->", StringComparison.Ordinal) ? FileKind.ConnectedSocket
            : implied != FileKind.Other ? implied
            : name.Annotation.StartsWith("TCP", StringComparison.Ordinal)
                || name.Annotation.StartsWith("socket:", StringComparison.Ordinal) ? FileKind.Socket
            : name.Annotation.StartsWith("pipe:", StringComparison.Ordinal) ? FileKind.Pipe
            : FileKind.Other;
    }

    /// <summary>The address of an accepted client; empty where strace does not print it.</summary>
    public static string PeerOf(SystemCall call)
    {
        string address = AddressIn(call.Argument(1));
        int arrow = call.Result.Annotation.IndexOf("->", StringComparison.Ordinal);
        return address.Length > 0 ? address : arrow >= 0 ? call.Result.Annotation[(arrow + 2)..].Trim(']') : "";
    }

    /// <summary>The address in a structure such as <c>{sa_family=AF_INET, ...}</c>; empty where there is none.</summary>
    public static string AddressIn(string text)
    {
        Match match = Address().Match(text);
        string host = match.Groups["host"].Value;
        string path = match.Groups["path"].Value;
        return !match.Success ? ""
            : path.Length > 0 ? path
            : host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{match.Groups["port"].Value}"
            : $"{host}:{match.Groups["port"].Value}";
    }

    private static IEnumerable<string> MessagesIn(SystemCall call, DescriptorArgument argument) =>
        argument.Form == ArgumentForm.MessageArray
            ? StraceGrammar.ParseList(call.Argument(argument.Index)).Select(one => StraceGrammar.ParseField(one, "msg_hdr"))
            : [call.Argument(argument.Index)];

    private static IEnumerable<int> NumbersIn(SystemCall call, DescriptorArgument argument)
    {
        string text = call.Argument(argument.Index);
        IEnumerable<string> names = argument.Form switch
        {
            ArgumentForm.Single => [text],
            ArgumentForm.PollList => StraceGrammar.ParseList(text).Select(one => StraceGrammar.ParseField(one, "fd")),
            ArgumentForm.Set => text.Trim('[', ']').Split(' '),
            _ => [],
        };
        return names.Select(StraceGrammar.ParseDescriptor).OfType<DescriptorName>().Select(name => name.Number);
    }

    [GeneratedRegex(
        """
        sin6?_port=htons\((?<port>\d+)\).*?(?:inet_addr\(|inet_pton\(AF_INET6, )"(?<host>[^"]*)"|sun_path=@?"(?<path>[^"]*)
        """)]
    private static partial Regex Address();
}
