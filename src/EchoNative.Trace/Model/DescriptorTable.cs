using System.Collections.Generic;
using System.Linq;

namespace EchoNative.Trace.Model;

/// <summary>The descriptors that a process has open now.</summary>
internal sealed class DescriptorTable
{
    private readonly SortedDictionary<int, Descriptor> _open = [];

    /// <summary>All of them, ordered by number.</summary>
    public IReadOnlyList<Descriptor> All => [.. _open.Values];

    public Descriptor? Find(int number) => _open.GetValueOrDefault(number);

    public void Set(Descriptor descriptor) => _open[descriptor.Number] = descriptor;

    public void Remove(int number) => _open.Remove(number);

    /// <summary>Those with numbers in a range; both ends belong to it.</summary>
    public IReadOnlyList<Descriptor> Between(long first, long last) =>
        [.. _open.Values.Where(one => one.Number >= first && one.Number <= last)];
}
