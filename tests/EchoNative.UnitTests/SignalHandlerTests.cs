using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using EchoNative.Posix;
using EchoNative.Testing;

namespace EchoNative.UnitTests;

/// <summary>
/// Handlers, masks and waits. Each test runs on a thread of its own and uses a signal that neither the runtime nor another
/// test uses, because dispositions belong to the whole process.
/// </summary>
public sealed class SignalHandlerTests
{
    private const int FirstFreeSignal = 50;

    [Fact]
    public void A_handler_runs_inside_a_wait_and_at_no_other_time()
    {
        const Signal Own = (Signal)FirstFreeSignal;
        List<Signal> delivered = [];
        SignalSet handled = SignalSet.Of(Own);
        OnBlockedThread(handled, mask =>
        {
            SignalHandler.Install(Own, handled, delivered.Add);
            ThreadInKernel.Send(ThreadInKernel.GetThreadId(), (int)Own);
            Assert.Empty(delivered);

            // Without anything to wait for, the wait runs the pending handlers.
            Assert.Equal(PollOutcome.Interrupted, Poll.WaitForSignal(milliseconds: 0, mask));
            Assert.Equal([Own], delivered);
            Assert.Equal(PollOutcome.TimedOut, Poll.WaitForSignal(milliseconds: 0, mask));
            Assert.Equal([Own], delivered);
        });
    }

    [Fact]
    public void A_signal_that_stays_blocked_during_the_wait_stays_pending()
    {
        const Signal Own = (Signal)(FirstFreeSignal + 1);
        int deliveries = 0;
        SignalSet handled = SignalSet.Of(Own);
        OnBlockedThread(handled, mask =>
        {
            SignalHandler.Install(Own, handled, _ => deliveries++);
            ThreadInKernel.Send(ThreadInKernel.GetThreadId(), (int)Own);
            Assert.Equal(PollOutcome.TimedOut, Poll.WaitForSignal(milliseconds: 1, handled));
            Assert.Equal(0, deliveries);
            Assert.Equal(PollOutcome.Interrupted, Poll.WaitForSignal(Poll.Forever, mask));
            Assert.Equal(1, deliveries);
        });
    }

    [Fact]
    public void One_handler_does_not_interrupt_another()
    {
        const Signal First = (Signal)(FirstFreeSignal + 2);
        const Signal Second = (Signal)(FirstFreeSignal + 3);
        int running = 0;
        int most = 0;
        int deliveries = 0;
        SignalSet handled = SignalSet.Of(First, Second);
        void Act(Signal signal)
        {
            most = Math.Max(most, ++running);
            deliveries++;
            if (deliveries == 1)
            {
                // Both are pending now, and stay blocked while this handler runs.
                ThreadInKernel.Send(ThreadInKernel.GetThreadId(), (int)First);
                ThreadInKernel.Send(ThreadInKernel.GetThreadId(), (int)Second);
            }

            running--;
        }

        OnBlockedThread(handled, mask =>
        {
            SignalHandler.Install(First, handled, Act);
            SignalHandler.Install(Second, handled, Act);
            ThreadInKernel.Send(ThreadInKernel.GetThreadId(), (int)First);
            while (deliveries < 3)
            {
                Assert.Equal(PollOutcome.Interrupted, Poll.WaitForSignal(Poll.Forever, mask));
            }
        });
        Assert.Equal(3, deliveries);
        Assert.Equal(1, most);
    }

    [Fact]
    public void A_wait_for_a_descriptor_returns_how_it_ended()
    {
        const Signal Own = (Signal)(FirstFreeSignal + 4);
        using DescriptorPair pipe = DescriptorPair.Pipe();
        SignalSet handled = SignalSet.Of(Own);
        OnBlockedThread(handled, mask =>
        {
            SignalHandler.Install(Own, handled, _ => { });
            Assert.Equal(PollOutcome.TimedOut, Poll.WaitReadable(pipe.First, 0, mask));
            Assert.Equal(PollOutcome.TimedOut, Poll.WaitReadable(pipe.First, 1, mask));
            ThreadInKernel.Send(ThreadInKernel.GetThreadId(), (int)Own);
            Assert.Equal(PollOutcome.Interrupted, Poll.WaitReadable(pipe.First, Poll.Forever, mask));
            _ = pipe.Second.WriteAll([1]);
            Assert.Equal(PollOutcome.Ready, Poll.WaitReadable(pipe.First, Poll.Forever, mask));
            _ = pipe.First.Read(new byte[1]);
            Assert.Equal(PollOutcome.TimedOut, Poll.WaitReadable(pipe.First, 0, mask));
            pipe.CloseSecond();
            Assert.Equal(PollOutcome.Ready, Poll.WaitReadable(pipe.First, Poll.Forever, mask));
        });
    }

    [Fact]
    public void A_handler_does_not_change_errno()
    {
        const Signal Own = (Signal)(FirstFreeSignal + 5);
        SignalSet handled = SignalSet.Of(Own);
        OnBlockedThread(handled, mask =>
        {
            SignalHandler.Install(Own, handled, _ => new FileDescriptor(-1).Close());
            ThreadInKernel.Send(ThreadInKernel.GetThreadId(), (int)Own);
            Assert.Equal(PollOutcome.Interrupted, Poll.WaitForSignal(Poll.Forever, mask));
            Assert.Equal("EINTR", Errno.Last.Name);
        });
    }

    [Fact]
    public void An_ignored_signal_is_known_as_such_until_it_has_its_default_again()
    {
        const Signal Own = (Signal)(FirstFreeSignal + 6);
        Assert.False(SignalHandler.IsIgnored(Own));
        SignalHandler.Ignore(Own);
        Assert.True(SignalHandler.IsIgnored(Own));
        Assert.True(IsIn("SigIgn", Own));
        SignalHandler.Default(Own);
        Assert.False(SignalHandler.IsIgnored(Own));
        Assert.False(IsIn("SigIgn", Own));
        Assert.False(IsIn("SigCgt", Own));
    }

    [Fact]
    public void A_signal_that_can_not_be_handled_is_an_error_of_sigaction()
    {
        PosixException exception = Assert.Throws<PosixException>(
            () => SignalHandler.Install(Signal.Kill, SignalSet.Of(), _ => { }));
        Assert.Equal("sigaction() error: Invalid argument (Kill)", exception.Message);
        Assert.False(SignalHandler.IsIgnored(Signal.Kill));
    }

    [Fact]
    public void Blocking_in_every_thread_reaches_the_finalizer_and_returns_the_mask_before()
    {
        const Signal Own = (Signal)(FirstFreeSignal + 7);
        const Signal Earlier = (Signal)(FirstFreeSignal + 8);
        int[] blocked = [];
        ThreadInKernel thread = new(() =>
        {
            SignalMask.Set(SignalSet.Of(Earlier));
            SignalSet before = SignalMask.BlockInEveryThread(SignalSet.Of(Own));
            Assert.True(before.Contains(Earlier));
            Assert.False(before.Contains(Own));
            blocked = [.. ThreadsThatBlock(Own)];

            // Blocking adds to the mask; setting replaces it.
            Assert.Contains(ThreadInKernel.GetThreadId(), ThreadsThatBlock(Earlier));
            SignalMask.Set(before);
            Assert.DoesNotContain(ThreadInKernel.GetThreadId(), ThreadsThatBlock(Own));
        });
        thread.Join();
        Assert.Contains(blocked, id => ProcessTable.StatusOf(id, "Name") == ".NET Finalizer");
    }

    // The signals are sent to this thread only, so the other threads need not block them.
    private static void OnBlockedThread(SignalSet handled, Action<SignalSet> work)
    {
        ThreadInKernel thread = new(() =>
        {
            SignalMask.Set(handled);
            work(SignalSet.Of());
        });
        thread.Join();
    }

    private static bool IsIn(string field, Signal signal) =>
        Holds(ProcessTable.StatusOf(Environment.ProcessId, field), signal);

    private static bool Holds(string mask, Signal signal) =>
        (ulong.Parse(mask, NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> ((int)signal - 1) & 1) != 0;

    private static IEnumerable<int> ThreadsThatBlock(Signal signal) =>
        ProcessTable.ThreadsOf(Environment.ProcessId).Where(thread =>
        {
            try
            {
                return Holds(ProcessTable.StatusOf(thread, "SigBlk"), signal);
            }
            catch (IOException)
            {
                return false; // the thread has ended since the list was read
            }
        });
}
