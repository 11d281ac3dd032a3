using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Server;

/// <summary>The children that have been forked and not removed yet, by process id.</summary>
/// <remarks>
/// A hash table with chains, in a mapping that is made at start and gets pages where it is used. In its sandbox a server can
/// map no memory, and a collection would end it, because the collector reads /proc.
/// </remarks>
internal sealed class ChildTable
{
    private const int MostProcesses = 4_194_304; // the highest limit of Linux, see proc_sys_kernel(5), pid_max
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
    /// <param name="capacity">The most children there can be; 0 for no limit.</param>
    public ChildTable(int capacity)
    {
        int entries = capacity > 0 ? capacity : MostProcesses;
        int chains = (int)Math.Max(BitOperations.RoundUpToPowerOf2((uint)entries), FewestChains);
        _chainMemory = MemoryMapping.ParentOnly(chains * sizeof(int), out _);
        _entryMemory = MemoryMapping.ParentOnly(entries * Unsafe.SizeOf<Entry>(), out _);
        Chains.Fill(None);
    }

    /// <summary>The number of children.</summary>
    public int Count { get; private set; }

    /// <summary>The process ids of the last children, in no order. Some may have been removed; 0 is an empty place.</summary>
    public ReadOnlySpan<int> Youngest => _youngest;

    private Span<int> Chains => MemoryMarshal.Cast<byte, int>(_chainMemory.Bytes)[.._chainCount];

    private Span<Entry> Entries => MemoryMarshal.Cast<byte, Entry>(_entryMemory.Bytes);

    /// <summary>Adds a child. Call before SIGCHLD can be delivered.</summary>
    /// <param name="processId">The child.</param>
    /// <param name="peer">Its client.</param>
    public void Add(int processId, PeerKey peer)
    {
        int place = TakePlace();
        Entries[place] = new Entry { ProcessId = processId, Peer = peer };
        Link(place);
        Count++;
        _youngest[_next] = processId;
        _next = (_next + 1) % _youngest.Length;
    }

    /// <summary>Whether the child is in the table.</summary>
    public bool Contains(int processId)
    {
        int place = ChainOf(processId);
        while (place != None && Entries[place].ProcessId != processId)
        {
            place = Entries[place].Next;
        }

        return place != None;
    }

    /// <summary>The number of children that serve clients of this peer.</summary>
    public int CountFrom(PeerKey peer)
    {
        int count = 0;
        foreach (ref readonly Entry entry in Entries[.._used])
        {
            count += entry.ProcessId != 0 && entry.Peer == peer ? 1 : 0;
        }

        return count;
    }

    /// <summary>Takes a child out of the table.</summary>
    /// <returns>False where it is not in the table: the program before exec(2) may have left a child of its own.</returns>
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

    /// <summary>Sends a signal to each child.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="key">The key of the parent.</param>
    public void Send(Signal signal, ParentKey key)
    {
        int place = 0;
        while (TryGetNext(ref place, out int processId))
        {
            ChildProcess.Send(processId, signal, key);
        }
    }

    /// <summary>Finds one child after the other. The table must not change meanwhile.</summary>
    /// <param name="place">0 at first. Where to go on, afterwards.</param>
    /// <param name="processId">The child.</param>
    /// <returns>False when there are no more.</returns>
    public bool TryGetNext(ref int place, out int processId)
    {
        processId = 0;
        while (place < _used && processId == 0)
        {
            processId = Entries[place++].ProcessId;
        }

        return processId != 0;
    }

    private ref int ChainOf(int processId) => ref Chains[processId & (_chainCount - 1)];

    private void Link(int place)
    {
        ref Entry entry = ref Entries[place];
        ref int chain = ref ChainOf(entry.ProcessId);
        entry.Next = chain;
        chain = place;
    }

    // A place that was used before has its page already, so it goes first.
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

    // Keeps the chains short. Call where all places are taken.
    private void DoubleChains()
    {
        _chainCount *= 2;
        Chains.Fill(None);
        for (int place = 0; place < _used; place++)
        {
            Link(place);
        }
    }

    /// <summary>A child, or a free place where the process id is 0.</summary>
    private struct Entry
    {
        public int ProcessId;

        /// <summary>The next place in the same chain, or the next free place.</summary>
        public int Next;

        /// <summary>The client.</summary>
        public PeerKey Peer;
    }
}
