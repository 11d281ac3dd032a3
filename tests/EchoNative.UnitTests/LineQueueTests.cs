using System;
using System.Collections.Generic;
using System.Text;
using EchoNative.Managed;

namespace EchoNative.UnitTests;

public sealed class LineQueueTests
{
    [Fact]
    public void Lines_come_out_whole_and_in_order_wherever_the_ring_wraps()
    {
        const int Rounds = 2000;
        Random random = new(1);
        LineQueue queue = new(capacity: 97);
        Queue<string> model = new();
        int used = 0;
        for (int round = 0; round < Rounds; round++)
        {
            string line = new string((char)('a' + (round % 26)), random.Next(30)) + "\n";
            bool isAdded = queue.TryAdd(Encoding.ASCII.GetBytes(line));
            Assert.Equal(used + line.Length <= 97, isAdded);
            if (isAdded)
            {
                model.Enqueue(line);
                used += line.Length;
            }

            for (int taken = random.Next(3); taken > 0 && model.Count > 0; taken--)
            {
                used -= model.Peek().Length;
                Assert.Equal(model.Dequeue(), Take(queue));
            }

            Assert.Equal(model.Count == 0, queue.IsEmpty);
        }
    }

    [Fact]
    public void From_an_empty_queue_nothing_comes() => Assert.Empty(Take(new LineQueue(capacity: 10)));

    private static string Take(LineQueue queue)
    {
        Span<byte> line = stackalloc byte[100];
        return Encoding.ASCII.GetString(line[..queue.Take(line)]);
    }
}
