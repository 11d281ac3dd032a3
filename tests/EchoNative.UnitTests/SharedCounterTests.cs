using System.Linq;
using System.Threading;
using EchoNative.Posix;

namespace EchoNative.UnitTests;

[Collection(nameof(MappingCollection))]
public sealed class SharedCounterTests
{
    [Fact]
    public void What_was_added_is_taken_once()
    {
        SharedCounter counter = SharedCounter.Create();
        Assert.Equal(0, counter.Take());
        counter.Add(5);
        counter.Add(0);
        counter.Add(long.MaxValue - 5);
        Assert.Equal(long.MaxValue, counter.Take());
        Assert.Equal(0, counter.Take());
    }

    [Fact]
    public void No_addition_is_lost_when_several_threads_add_at_the_same_time()
    {
        const int Adders = 4;
        const int Times = 10_000;
        SharedCounter counter = SharedCounter.Create();
        Thread[] threads = [.. Enumerable.Range(0, Adders).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < Times; i++)
            {
                counter.Add(3);
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Assert.Equal(3L * Adders * Times, counter.Take());
    }
}
