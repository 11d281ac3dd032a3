using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using EchoNative.Trace.Log;

namespace EchoNative.Trace.Model;

/// <summary>Applies a call to the descriptors of its process, as its row in <see cref="SystemCallTable"/> says.</summary>
internal sealed class DescriptorCalls(List<OpenFile> files, List<Step> steps)
{
    private static readonly string[] s_standardStreams = ["standard input", "standard output", "standard error"];

    /// <summary>Opens descriptors 0, 1 and 2, which every program is given.</summary>
    public void GiveStandardStreams(TracedProcess process, Moment at)
    {
        for (int number = 0; number < s_standardStreams.Length; number++)
        {
            _ = process.Open(number, NewFile(FileKind.Other, s_standardStreams[number]), DescriptorOrigin.Given, at);
        }
    }

    public void Play(TracedProcess process, SystemCall call, CallRow row, Moment at)
    {
        switch (row.Action)
        {
            case CallAction.Make:
                MakeFile(process, call, row, at);
                break;

            case CallAction.MakeSocket:
                AddStep(StepKind.Socket, process, call, at, Make(process, call, at, row.Makes, ""), call.Argument(0));
                break;

            case CallAction.MakePair:
                MakePair(process, call, row, at);
                break;

            case CallAction.Accept:
                Accept(process, call, row, at);
                break;

            case CallAction.Duplicate:
                Duplicate(process, call, at, call.Argument(2).Contains("O_CLOEXEC", StringComparison.Ordinal));
                break;

            case CallAction.Control:
                Control(process, call, at);
                break;

            case CallAction.Close:
                Close(process, call, at);
                break;

            case CallAction.CloseRange:
                CloseRange(process, call, at);
                break;

            default:
                Use(process, call, row, at);
                break;
        }
    }

    private void Use(TracedProcess process, SystemCall call, CallRow row, Moment at)
    {
        switch (row.Action)
        {
            case CallAction.Bind:
                Prepare(StepKind.Bind, process, call, at);
                break;

            case CallAction.Listen:
                Prepare(StepKind.Listen, process, call, at);
                break;

            case CallAction.Connect:
                Prepare(StepKind.Connect, process, call, at);
                break;

            case CallAction.ReadName:
                ReadName(process, call);
                break;

            case CallAction.Shutdown:
                string direction = call.Argument(1).Replace("SHUT_", "", StringComparison.Ordinal);
                AddStep(StepKind.Shutdown, process, call, at, Find(process, call, 0), direction);
                break;

            case CallAction.Transfer:
                Transfer(process, call, row, at);
                break;

            default:
                // A log that begins late may show here for the first time that a descriptor is a socket.
                foreach (DescriptorArgument argument in row.Descriptors.Where(one => one.Implies != FileKind.Other))
                {
                    _ = Find(process, call, argument.Index);
                }

                break;
        }
    }

    private void Accept(TracedProcess process, SystemCall call, CallRow row, Moment at)
    {
        Descriptor? listening = Find(process, call, 0);
        if (listening is not null)
        {
            // The log may have begun after the call of listen.
            listening.File.Kind = FileKind.ListeningSocket;
        }

        if (Make(process, call, at, row.Makes, CallArguments.PeerOf(call)) is Descriptor made)
        {
            made.File.WasUsed = true;
        }

        if (call.Result.Value is not null)
        {
            AddStep(StepKind.Accept, process, call, at, listening, call.Succeeded ? Number(call.Value) : "");
        }
    }

    // bind, listen and connect.
    private void Prepare(StepKind kind, TracedProcess process, SystemCall call, Moment at)
    {
        if (Find(process, call, 0) is not Descriptor { File: OpenFile file } descriptor)
        {
            return;
        }

        bool isUnderWay = call.Result.Error == "EINPROGRESS";
        if (call.Succeeded || isUnderWay)
        {
            file.WasUsed = true;
            file.Kind = kind switch
            {
                StepKind.Listen => FileKind.ListeningSocket,
                StepKind.Connect => FileKind.ConnectedSocket,
                _ => file.Kind,
            };
            string address = CallArguments.AddressIn(call.Argument(1));
            file.Name = address.Length > 0 ? address : file.Name;
        }

        AddStep(kind, process, call, at, descriptor, "", failed: !call.Succeeded && !isUnderWay);
    }

    private void ReadName(TracedProcess process, SystemCall call)
    {
        if (Find(process, call, 0) is Descriptor { File: { Kind: FileKind.ListeningSocket } file }
            && call.Succeeded
            && CallArguments.AddressIn(call.Argument(1)) is { Length: > 0 } address)
        {
            file.Name = address;
        }
    }

    private void Transfer(TracedProcess process, SystemCall call, CallRow row, Moment at)
    {
        foreach (DescriptorArgument argument in row.Descriptors)
        {
            switch (argument.Use)
            {
                case DescriptorUse.Read:
                    Transfer(StepKind.Read, process, call, at, Find(process, call, argument.Index));
                    break;

                case DescriptorUse.Written:
                    Transfer(StepKind.Write, process, call, at, Find(process, call, argument.Index));
                    break;

                case DescriptorUse.Made when call.Succeeded:
                    TakePassed(process, call, argument, at);
                    break;
            }
        }
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
            AddStep(kind, process, call, at, descriptor, call.Succeeded ? Number(CallArguments.BytesMoved(call)) : "");
        }
        else if (kind == StepKind.Write && descriptor.File.Name is "standard output" or "standard error")
        {
            AddStep(StepKind.LogWrite, process, call, at, null, "");
        }
    }

    private void MakeFile(TracedProcess process, SystemCall call, CallRow row, Moment at)
    {
        bool isChange = row.Descriptors.Any(one => call.DescriptorAt(one.Index)?.Number == call.Value);
        if (!isChange)
        {
            _ = Make(process, call, at, row.Makes, row.Path is int path ? call.Argument(path).Trim('"') : call.Name);
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

    private void MakePair(TracedProcess process, SystemCall call, CallRow row, Moment at)
    {
        if (!call.Succeeded)
        {
            return;
        }

        foreach (DescriptorName name in row.Descriptors.SelectMany(one => CallArguments.DescriptorsIn(call.Argument(one.Index))))
        {
            DropUnseen(process, name.Number, at, call);
            Descriptor descriptor = process.Open(name.Number, NewFile(row.Makes, ""), DescriptorOrigin.Made, at);
            descriptor.ClosesOnExec = call.Mentions("CLOEXEC");
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
        AddStep(StepKind.Close, process, call, at, descriptor, "", failed: false);
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

        // dup2 closes the descriptor that had the number before.
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
        else if (call.Argument(1) is "F_SETFD" or "FIOCLEX" or "FIONCLEX"
            && call.Succeeded
            && Find(process, call, 0) is Descriptor descriptor)
        {
            descriptor.ClosesOnExec = call.Argument(1) == "FIOCLEX" || call.Mentions("FD_CLOEXEC");
        }
    }

    // The log does not show what these descriptors lead to.
    private void TakePassed(TracedProcess process, SystemCall call, DescriptorArgument argument, Moment at)
    {
        foreach (DescriptorName name in CallArguments.PassedDescriptors(call, argument))
        {
            DropUnseen(process, name.Number, at, call);
            _ = process.Open(name.Number, NewFile(FileKind.Other, "received"), DescriptorOrigin.Made, at);
        }
    }

    // A new descriptor has the number, so the one before is closed. Where the log shows no close, this call ends it.
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

        // The log may have begun after the call that made it.
        return process.Table.Find(name.Number)
            ?? (call.Result.Error == "EBADF"
                ? null
                : process.Open(name.Number, FileOf(call, argument, name), DescriptorOrigin.Given, process.Start));
    }

    private OpenFile FileOf(SystemCall call, int argument, DescriptorName name) =>
        NewFile(CallArguments.KindOf(call, argument, name), name.Annotation.Length > 0 ? name.Annotation : "from before the log");

    private OpenFile NewFile(FileKind kind, string name)
    {
        OpenFile file = new(kind, name);
        files.Add(file);
        return file;
    }

    private void AddStep(
        StepKind kind, TracedProcess process, SystemCall call, Moment at, Descriptor? on, string detail, bool? failed = null) =>
        steps.Add(new Step(at, kind, process, call) { On = on, Detail = detail, Failed = failed ?? !call.Succeeded });

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
