using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>The children that have been forked and not removed yet, by process id.</summary>
/// <remarks>
/// A hash table whose chains lie in one array: in memory of its own, which is all there from the beginning and
/// becomes real where it is used. A server that has entered its sandbox can get no memory, and the collector, which
/// reads /proc whenever it collects, would end it.
/// </remarks>
internal sealed class ChildTable
{
    private const int MostProcesses = 4_194_304; // more than that no Linux system has
    private const int FewestChains = 64;
    private const int None = -1;

    private readonly int[] _youngest = new int[32];
    private readonly MemoryMapping _chainMemory;
    private readonly MemoryMapping _entryMemory;
    private int _chainCount = FewestChains;
    private int _used;
    private int _free = None;
    private int _next;

    /// <summary>Makes an empty table.</summary>
    /// <param name="capacity">How many children there may be; 0 for any number.</param>
    public ChildTable(int capacity)
    {
        int entries = capacity > 0 ? capacity : MostProcesses;
        int chains = (int)Math.Max(BitOperations.RoundUpToPowerOf2((uint)entries), FewestChains);
        _chainMemory = MemoryMapping.ParentOnly(chains * sizeof(int), out _);
        _entryMemory = MemoryMapping.ParentOnly(entries * Unsafe.SizeOf<Entry>(), out _);
        Chains.Fill(None);
    }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Those that were forked last, in no order. Some may have been removed since, and 0 is none.</summary>
    public ReadOnlySpan<int> Youngest => _youngest;

    private Span<int> Chains => MemoryMarshal.Cast<byte, int>(_chainMemory.Bytes)[.._chainCount];

    private Span<Entry> Entries => MemoryMarshal.Cast<byte, Entry>(_entryMemory.Bytes);

    /// <summary>Notes a child, before any signal could tell of its end.</summary>
    /// <param name="processId">The child.</param>
    /// <param name="peer">Its client.</param>
    public void Add(int processId, SocketAddress peer)
    {
        int place = TakePlace();
        Entries[place] = new Entry { ProcessId = processId, Host = peer.Host };
        Link(place);
        Count++;
        _youngest[_next] = processId;
        _next = (_next + 1) % _youngest.Length;
    }

    /// <summary>Whether the child has not been removed.</summary>
    public bool Contains(int processId)
    {
        int place = ChainOf(processId);
        while (place != None && Entries[place].ProcessId != processId)
        {
            place = Entries[place].Next;
        }

        return place != None;
    }

    /// <summary>How many serve clients from the same address, whatever its port.</summary>
    public int CountFrom(SocketAddress peer)
    {
        UInt128 wanted = peer.Host;
        int count = 0;
        foreach (ref readonly Entry entry in Entries[.._used])
        {
            count += entry.ProcessId != 0 && entry.Host == wanted ? 1 : 0;
        }

        return count;
    }

    /// <summary>Forgets a child that was removed.</summary>
    /// <returns>Whether there was such a child: one that was never ours, but left by who started us, is nobody.</returns>
    public bool Remove(int processId)
    {
        ref int link = ref ChainOf(processId);
        while (link != None && Entries[link].ProcessId != processId)
        {
            link = ref Entries[link].Next;
        }

        if (link == None)
        {
            return false;
        }

        int place = link;
        link = Entries[place].Next;
        Entries[place] = new Entry { Next = _free };
        _free = place;
        Count--;
        return true;
    }

    /// <summary>Sends a signal to each.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="key">What entitles this process to do so.</param>
    public void Send(Signal signal, ParentKey key)
    {
        foreach (ref readonly Entry entry in Entries[.._used])
        {
            if (entry.ProcessId != 0)
            {
                ChildProcess.Send(entry.ProcessId, signal, key);
            }
        }
    }

    private ref int ChainOf(int processId) => ref Chains[processId & (_chainCount - 1)];

    private void Link(int place)
    {
        ref Entry entry = ref Entries[place];
        ref int chain = ref ChainOf(entry.ProcessId);
        entry.Next = chain;
        chain = place;
    }

    // One that has been used before, if there is one, so that no more memory becomes real than is needed.
    private int TakePlace()
    {
        if (_free != None)
        {
            int place = _free;
            _free = Entries[place].Next;
            return place;
        }

        if (_used == _chainCount)
        {
            DoubleChains();
        }

        return _used++;
    }

    // Chains stay short. All places are taken at this moment.
    private void DoubleChains()
    {
        _chainCount *= 2;
        Chains.Fill(None);
        for (int place = 0; place < _used; place++)
        {
            Link(place);
        }
    }

    /// <summary>A child, or with the process id 0 a place that is free.</summary>
    private struct Entry
    {
        public int ProcessId;

        /// <summary>The place of the next in the same chain, or of the next that is free.</summary>
        public int Next;

        /// <summary>Where the client is.</summary>
        public UInt128 Host;
    }
}
