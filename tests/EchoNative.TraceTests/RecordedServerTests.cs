using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using EchoNative.Trace.Findings;
using EchoNative.Trace.Log;
using EchoNative.Trace.Model;

namespace EchoNative.TraceTests;

/// <summary>Logs of servers that really ran, compared with what the kernel said and with the lines of the log.</summary>
[Collection(nameof(RecordingsCollection))]
public sealed partial class RecordedServerTests(Recordings recordings)
{
    [Theory]
    [InlineData("echo-server", 3)]
    [InlineData("C", 3)]
    [InlineData("socat", 6)]
    [InlineData("tcpserver", 3)]
    [InlineData("careless", 3)]
    public void Every_line_is_understood_and_every_child_is_there(string server, int children)
    {
        ServerRecording recording = recordings[server];
        Assert.Empty(recording.History.Log.Unknown);
        Assert.Equal(recording.Log.Count(letter => letter == '\n'), recording.History.Log.Lines);
        Assert.Equal(children, recording.History.Processes.Count(process => process.Parent is not null));
        IEnumerable<string> tasks = ProcessIds().Matches(recording.Log).Select(match => match.Value).Distinct();
        Assert.Equal(tasks.Count(), recording.History.Processes.Sum(process => 1 + process.Threads));
    }

    [Theory]
    [InlineData("echo-server")]
    [InlineData("C")]
    [InlineData("socat")]
    [InlineData("tcpserver")]
    [InlineData("careless")]
    public void The_descriptor_tables_are_those_that_the_kernel_has(string server)
    {
        ServerRecording recording = recordings[server];
        Moment idle = new(recording.IdleLine, default);
        foreach ((int id, IReadOnlyDictionary<int, string> descriptors) in recording.IdleDescriptors)
        {
            IEnumerable<int> expected = descriptors.Where(one => one.Value.StartsWith("socket:", default)).Select(one => one.Key)
                .Order();
            Assert.Equal(expected, SocketsOf(recording, id, idle).Select(one => one.Number).Order());
        }
    }

    [Theory]
    [InlineData("echo-server")]
    [InlineData("C")]
    [InlineData("socat")]
    [InlineData("tcpserver")]
    [InlineData("careless")]
    public void Descriptors_lead_to_one_socket_exactly_where_the_kernel_says_so(string server)
    {
        ServerRecording recording = recordings[server];
        Moment idle = new(recording.IdleLine, default);
        List<(Descriptor Descriptor, string Inode)> all =
        [
            .. recording.IdleDescriptors.Keys.SelectMany(id => SocketsOf(recording, id, idle))
                .Select(one => (one, recording.IdleDescriptors[one.Owner.Id][one.Number])),
        ];
        Assert.NotEmpty(all);
        Assert.Equal(all.GroupBy(one => one.Inode).Count(), all.GroupBy(one => one.Descriptor.File).Count());
        Assert.All(all.GroupBy(one => one.Descriptor.File), group => Assert.Single(group.Select(one => one.Inode).Distinct()));
    }

    [Theory]
    [InlineData("echo-server")]
    [InlineData("C")]
    [InlineData("socat")]
    [InlineData("tcpserver")]
    public void Nothing_is_wrong_with_a_server_that_takes_care(string server)
    {
        Assert.Equal([], recordings[server].Faults.Select(fault => fault.Text));
        Assert.All(recordings[server].History.Processes[0].Children, child => Assert.NotNull(child.Removed));
    }

    [Theory]
    [InlineData("echo-server")]
    [InlineData("C")]
    public void The_child_has_the_last_descriptor_of_each_connection(string server)
    {
        IReadOnlyList<OpenFile> connections = [.. recordings[server].History.DrawnFiles
            .Where(file => file.Kind == FileKind.ConnectedSocket)];
        Assert.Equal(3, connections.Count);
        Assert.All(connections, file => Assert.Equal([false, true], file.Descriptors.Select(one => one.WasLast)));
        Assert.All(connections, file =>
            Assert.Equal([DescriptorOrigin.Made, DescriptorOrigin.Forked], file.Descriptors.Select(one => one.Origin)));
    }

    [Fact]
    public void Each_fault_of_the_careless_server_is_found()
    {
        ServerRecording recording = recordings["careless"];
        History history = recording.History;
        TracedProcess parent = history.Processes[0];
        OpenFile listening = history.DrawnFiles.Single(file => file.Kind == FileKind.ListeningSocket);
        List<Finding> held = [.. recording.Faults.Where(fault => fault.Kind == FindingKind.UnusedDescriptor)];

        // Each child holds the listening socket; the parent holds each connection; a later child holds those before its own.
        Assert.Equal(parent.Children, held.Where(fault => fault.Descriptor?.File == listening).Select(fault => fault.Process));
        Assert.Equal(3, held.Count(fault => fault.Process == parent));
        Assert.Equal(3, held.Count(fault => fault.Process != parent && fault.Descriptor?.File != listening));
        Assert.Equal(9, held.Count);

        // One of three is waited for.
        Assert.Equal(2, recording.Faults.Count(fault => fault.Kind == FindingKind.UnremovedZombie));
        Assert.Equal(2, recording.Faults.Count(fault => fault.Kind == FindingKind.MergedSignal));
        Assert.Equal(13, recording.Findings.Count);
    }

    [Theory]
    [InlineData("echo-server", "hello\\n")]
    [InlineData("C", "hello\\n")]
    [InlineData("tcpserver", "</title><script>")]
    public void What_was_sent_is_read_and_written_in_the_child(string server, string words) => Assert.Equal(
        [StepKind.Read, StepKind.Write],
        recordings[server].History.Steps
            .Where(step => step.On is not null && step.Process.Parent is not null && step.Source.Text.Contains(words, default))
            .Select(step => step.Kind));

    private static IEnumerable<Descriptor> SocketsOf(ServerRecording recording, int id, Moment moment) =>
        TestLog.Process(recording.History, id).Descriptors.Where(one => one.File.IsSocket && one.IsOpenAt(moment));

    [GeneratedRegex(@"^\d+", RegexOptions.Multiline)]
    private static partial Regex ProcessIds();
}
