using System;
using System.Collections.Generic;
using System.Linq;
using EchoNative.Server;
using EchoNative.Shared;

namespace EchoNative.UnitTests;

public sealed class ChildTableTests
{
    private const int Seed = 4711;

    [Theory]
    [InlineData(0, 10_000)]
    [InlineData(1, 1)]
    [InlineData(100, 100)]
    [InlineData(5000, 5000)]
    public void It_contains_what_a_dictionary_contains(int capacity, int most)
    {
        Random random = new(Seed);
        ChildTable table = new(capacity);
        Dictionary<int, int> known = [];
        List<int> order = [];
        int highest = 0;
        for (int step = 0; step < 100_000; step++)
        {
            // Process ids increase with gaps, and start again from the lowest after the highest.
            int processId = 300 + (step * 3 % 32000);
            bool grows = known.Count < most && random.Next(3) < 2;
            if (grows && !known.ContainsKey(processId))
            {
                int host = random.Next(5);
                known.Add(processId, host);
                order.Add(processId);
                table.Add(processId, Peer(host));
            }
            else if (order.Count > 0)
            {
                int place = random.Next(order.Count);
                (order[place], order[^1]) = (order[^1], order[place]);
                _ = known.Remove(order[^1]);
                table.Remove(order[^1]);
                Assert.False(table.Contains(order[^1]));
                order.RemoveAt(order.Count - 1);
            }

            Assert.Equal(known.Count, table.Count);
            highest = Math.Max(highest, table.Count);
        }

        Assert.Equal(most, highest);
        for (int processId = 0; processId < 40_000; processId++)
        {
            Assert.Equal(known.ContainsKey(processId), table.Contains(processId));
        }

        for (int host = 0; host < 5; host++)
        {
            Assert.Equal(known.Values.Count(one => one == host), table.CountFrom(Peer(host)));
        }
    }

    [Fact]
    public void Removing_a_process_that_is_not_in_the_table_has_no_effect()
    {
        ChildTable table = new(10);
        table.Remove(5);
        table.Add(5, Peer(1));
        table.Remove(69); // the same chain
        table.Remove(5);
        table.Remove(5);
        Assert.Equal(0, table.Count);
        table.Add(6, Peer(1));
        table.Add(7, Peer(1));
        Assert.Equal((2, 2), (table.Count, table.CountFrom(Peer(1))));
    }

    [Fact]
    public void A_free_place_is_used_again()
    {
        // The table has room for two.
        ChildTable table = new(2);
        for (int processId = 1; processId < 10_000; processId++)
        {
            table.Add(processId, Peer(1));
            table.Remove(processId - 1);
        }

        Assert.True(table.Contains(9_999));
        Assert.Equal(1, table.Count);
    }

    private static PeerKey Peer(int host) => PeerKey.Of([127, 0, 0, (byte)host], scope: 0, prefix: 64);
}
