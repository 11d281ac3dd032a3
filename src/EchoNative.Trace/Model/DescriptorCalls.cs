using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.RegularExpressions;
using EchoNative.Trace.Log;

namespace EchoNative.Trace.Model;

/// <summary>What each call does to descriptors, and which one it uses.</summary>
internal sealed partial class DescriptorCalls(List<OpenFile> files, List<Step> steps)
{
    private static readonly string[] s_standardStreams = ["standard input", "standard output", "standard error"];

    /// <summary>The descriptors that every program is given.</summary>
    public void GiveStandardStreams(TracedProcess process, Moment at)
    {
        for (int number = 0; number < s_standardStreams.Length; number++)
        {
            _ = process.Open(number, NewFile(FileKind.Other, s_standardStreams[number]), DescriptorOrigin.Given, at);
        }
    }

    public void Play(TracedProcess process, SystemCall call, Moment at)
    {
        switch (call.Name)
        {
            case "open" or "openat" or "openat2" or "creat" or "memfd_create" or "eventfd" or "eventfd2" or "timerfd_create"
                or "signalfd4" or "epoll_create" or "epoll_create1" or "inotify_init1" or "pidfd_open" or "pidfd_getfd":
                Make(process, call, at, FileKind.Other, NameOf(call));
                break;

            case "socket":
                AddStep(StepKind.Socket, process, call, at, Make(process, call, at, FileKind.Socket, ""), call.Argument(0));
                break;

            case "accept" or "accept4":
                Accept(process, call, at);
                break;

            case "pipe" or "pipe2":
                MakePair(process, call, at, call.Argument(0), FileKind.Pipe);
                break;

            case "socketpair":
                MakePair(process, call, at, call.Argument(3), FileKind.PairSocket);
                break;

            case "close":
                Close(process, call, at);
                break;

            case "close_range":
                CloseRange(process, call, at);
                break;

            case "dup" or "dup2" or "dup3":
                Duplicate(process, call, at, call.Name == "dup3" && call.Mentions("O_CLOEXEC"));
                break;

            case "fcntl" or "ioctl":
                Control(process, call, at);
                break;

            default:
                Use(process, call, at);
                break;
        }
    }

    private void Use(TracedProcess process, SystemCall call, Moment at)
    {
        switch (call.Name)
        {
            case "bind" or "listen" or "connect":
                Prepare(process, call, at);
                break;

            case "getsockname" when Find(process, call, 0) is Descriptor { File: { Kind: FileKind.ListeningSocket } file } && call.Succeeded:
                file.Name = AddressIn(call.Argument(1)) is { Length: > 0 } address ? address : file.Name;
                break;

            case "read" or "readv" or "recv" or "recvfrom" or "recvmsg" or "pread64":
                Transfer(StepKind.Read, process, call, at, Find(process, call, 0));
                TakePassed(process, call, at);
                break;

            case "write" or "writev" or "send" or "sendto" or "sendmsg" or "pwrite64":
                Transfer(StepKind.Write, process, call, at, Find(process, call, 0));
                break;

            case "sendfile" or "sendfile64":
                Transfer(StepKind.Write, process, call, at, Find(process, call, 0));
                break;

            case "splice" or "tee":
                Transfer(StepKind.Read, process, call, at, Find(process, call, 0));
                Transfer(StepKind.Write, process, call, at, Find(process, call, call.Name == "splice" ? 2 : 1));
                break;

            case "shutdown":
                AddStep(StepKind.Shutdown, process, call, at, Find(process, call, 0), call.Argument(1).Replace("SHUT_", "", StringComparison.Ordinal));
                break;
        }
    }

    private void Accept(TracedProcess process, SystemCall call, Moment at)
    {
        Descriptor? listening = Find(process, call, 0);
        if (listening is not null)
        {
            // The log may begin after the call of listen.
            listening.File.Kind = FileKind.ListeningSocket;
        }

        if (Make(process, call, at, FileKind.ConnectedSocket, PeerOf(call)) is Descriptor made)
        {
            made.File.WasUsed = true;
        }

        if (call.Result.Value is not null)
        {
            AddStep(StepKind.Accept, process, call, at, listening, call.Succeeded ? call.Value.ToString(CultureInfo.InvariantCulture) : "");
        }
    }

    private static string PeerOf(SystemCall call)
    {
        string address = AddressIn(call.Argument(1));
        int arrow = call.Result.Annotation.IndexOf("->", StringComparison.Ordinal);
        return address.Length > 0 ? address : arrow >= 0 ? call.Result.Annotation[(arrow + 2)..].Trim(']') : "";
    }

    private void Prepare(TracedProcess process, SystemCall call, Moment at)
    {
        StepKind kind = call.Name switch { "bind" => StepKind.Bind, "listen" => StepKind.Listen, _ => StepKind.Connect };
        if (Find(process, call, 0) is not Descriptor { File: OpenFile file } descriptor)
        {
            return;
        }

        bool isUnderWay = call.Result.Error == "EINPROGRESS";
        if (call.Succeeded || isUnderWay)
        {
            file.WasUsed = true;
            file.Kind = kind switch { StepKind.Listen => FileKind.ListeningSocket, StepKind.Connect => FileKind.ConnectedSocket, _ => file.Kind };
            file.Name = kind != StepKind.Listen && AddressIn(call.Argument(1)) is { Length: > 0 } address ? address : file.Name;
        }

        AddStep(kind, process, call, at, descriptor, "", isVain: !call.Succeeded && !isUnderWay);
    }

    private void Transfer(StepKind kind, TracedProcess process, SystemCall call, Moment at, Descriptor? descriptor)
    {
        if (descriptor is null || call.Result.Value is null)
        {
            return;
        }

        if (descriptor.File.IsSocket)
        {
            descriptor.File.WasUsed |= call.Succeeded;
            AddStep(kind, process, call, at, descriptor, call.Succeeded ? call.Value.ToString(CultureInfo.InvariantCulture) : "");
        }
        else if (kind == StepKind.Write && descriptor.File.Name is "standard output" or "standard error")
        {
            AddStep(StepKind.Speak, process, call, at, null, "");
        }
    }

    private Descriptor? Make(TracedProcess process, SystemCall call, Moment at, FileKind kind, string name)
    {
        if (call.Value < 0)
        {
            return null;
        }

        DropUnseen(process, call.Value, at, call);
        Descriptor descriptor = process.Open(call.Value, NewFile(kind, name), DescriptorOrigin.Made, at);
        descriptor.ClosesOnExec = call.Mentions("CLOEXEC");
        return descriptor;
    }

    private void MakePair(TracedProcess process, SystemCall call, Moment at, string list, FileKind kind)
    {
        IReadOnlyList<string> elements = call.Succeeded ? StraceGrammar.ParseList(list) : [];
        foreach (string element in elements)
        {
            if (StraceGrammar.ParseDescriptor(element) is DescriptorName name)
            {
                DropUnseen(process, name.Number, at, call);
                Descriptor descriptor = process.Open(name.Number, NewFile(kind, ""), DescriptorOrigin.Made, at);
                descriptor.ClosesOnExec = call.Mentions("CLOEXEC");
            }
        }
    }

    private void Close(TracedProcess process, SystemCall call, Moment at)
    {
        Descriptor? descriptor = Find(process, call, 0);
        if (call.Result.Error == "EBADF" || descriptor is null)
        {
            return;
        }

        process.Table.Remove(descriptor.Number);
        descriptor.Close(at, call);
        AddStep(StepKind.Close, process, call, at, descriptor, "", isVain: false);
    }

    private void CloseRange(TracedProcess process, SystemCall call, Moment at)
    {
        if (!call.Succeeded
            || !long.TryParse(call.Argument(0), CultureInfo.InvariantCulture, out long first)
            || !long.TryParse(call.Argument(1), CultureInfo.InvariantCulture, out long last))
        {
            return;
        }

        foreach (Descriptor descriptor in process.Table.Between(first, last))
        {
            if (call.Mentions("CLOSE_RANGE_CLOEXEC"))
            {
                descriptor.ClosesOnExec = true;
                continue;
            }

            process.Table.Remove(descriptor.Number);
            descriptor.Close(at, call);
            AddStep(StepKind.Close, process, call, at, descriptor, "");
        }
    }

    private void Duplicate(TracedProcess process, SystemCall call, Moment at, bool closesOnExec)
    {
        Descriptor? from = Find(process, call, 0);
        if (call.Value < 0 || from is null || from.Number == call.Value)
        {
            return;
        }

        // dup2 closes what had the number before.
        DropUnseen(process, call.Value, at, call);
        Descriptor made = process.Open(call.Value, from.File, DescriptorOrigin.Duplicated, at);
        made.ClosesOnExec = closesOnExec;
        AddStep(StepKind.Duplicate, process, call, at, made, $"{from.Number}");
    }

    private void Control(TracedProcess process, SystemCall call, Moment at)
    {
        if (call.Argument(1).StartsWith("F_DUPFD", StringComparison.Ordinal))
        {
            Duplicate(process, call, at, call.Argument(1) == "F_DUPFD_CLOEXEC");
        }
        else if (call.Argument(1) is "F_SETFD" or "FIOCLEX" or "FIONCLEX" && call.Succeeded && Find(process, call, 0) is Descriptor descriptor)
        {
            descriptor.ClosesOnExec = call.Argument(1) == "FIOCLEX" || call.Mentions("FD_CLOEXEC");
        }
    }

    // Descriptors that came as a message, see SCM_RIGHTS in unix(7). Whose they were the log does not tell.
    private void TakePassed(TracedProcess process, SystemCall call, Moment at)
    {
        if (call.Name == "recvmsg" && call.Succeeded && PassedDescriptors().Match(call.Argument(1)) is { Success: true } match)
        {
            foreach (string element in StraceGrammar.ParseList(match.Groups[1].Value))
            {
                if (StraceGrammar.ParseDescriptor(element) is DescriptorName name)
                {
                    DropUnseen(process, name.Number, at, call);
                    _ = process.Open(name.Number, NewFile(FileKind.Other, "received"), DescriptorOrigin.Made, at);
                }
            }
        }
    }

    // The number is taken by something new, so whatever had it has gone; where no close was seen, this is the moment.
    private static void DropUnseen(TracedProcess process, int number, Moment at, SystemCall call)
    {
        if (process.Table.Find(number) is Descriptor before)
        {
            process.Table.Remove(number);
            before.Close(at, call);
        }
    }

    private Descriptor? Find(TracedProcess process, SystemCall call, int argument)
    {
        if (call.DescriptorAt(argument) is not DescriptorName name)
        {
            return null;
        }

        // The log may begin after the call that made it.
        return process.Table.Find(name.Number) ?? (call.Result.Error == "EBADF"
            ? null
            : process.Open(name.Number, NewFile(KindOf(call, name), NameOf(name)), DescriptorOrigin.Given, process.Start));
    }

    private static FileKind KindOf(SystemCall call, DescriptorName name) =>
        call.Name.StartsWith("accept", StringComparison.Ordinal) || call.Name == "listen" ? FileKind.ListeningSocket
        : call.Name is "shutdown" or "getpeername" || name.Annotation.Contains("->", StringComparison.Ordinal) ? FileKind.ConnectedSocket
        : call.Name is "bind" or "connect" or "recv" or "recvfrom" or "sendto" or "setsockopt"
            || name.Annotation.StartsWith("TCP", StringComparison.Ordinal)
            || name.Annotation.StartsWith("socket:", StringComparison.Ordinal) ? FileKind.Socket
        : name.Annotation.StartsWith("pipe:", StringComparison.Ordinal) ? FileKind.Pipe
        : FileKind.Other;

    private static string NameOf(DescriptorName name) =>
        name.Annotation.Length > 0 ? name.Annotation : $"from before the log";

    private static string NameOf(SystemCall call) => call.Name switch
    {
        "open" or "creat" => call.Argument(0).Trim('"'),
        "openat" or "openat2" => call.Argument(1).Trim('"'),
        _ => call.Name,
    };

    private OpenFile NewFile(FileKind kind, string name)
    {
        OpenFile file = new(kind, name);
        files.Add(file);
        return file;
    }

    private void AddStep(StepKind kind, TracedProcess process, SystemCall call, Moment at, Descriptor? on, string detail, bool? isVain = null) =>
        steps.Add(new Step(at, kind, process, call) { On = on, Detail = detail, IsVain = isVain ?? !call.Succeeded });

    private static string AddressIn(string text)
    {
        Match match = Address().Match(text);
        string host = match.Groups["host"].Value;
        string path = match.Groups["path"].Value;
        return !match.Success ? ""
            : path.Length > 0 ? path
            : host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{match.Groups["port"].Value}"
            : $"{host}:{match.Groups["port"].Value}";
    }

    [GeneratedRegex("""sin6?_port=htons\((?<port>\d+)\).*?(?:inet_addr\(|inet_pton\(AF_INET6, )"(?<host>[^"]*)"|sun_path=@?"(?<path>[^"]*)""")]
    private static partial Regex Address();

    [GeneratedRegex(@"SCM_RIGHTS, cmsg_data=(\[[^\]]*\])")]
    private static partial Regex PassedDescriptors();
}
