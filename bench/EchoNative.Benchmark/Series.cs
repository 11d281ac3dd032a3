using System;
using System.Collections.Generic;
using System.Linq;

namespace EchoNative.Benchmark;

/// <summary>A measurement that does not count, with the reason. Without it, a server that fails would look fast.</summary>
internal sealed class MeasurementException : Exception
{
    public MeasurementException()
    {
    }

    public MeasurementException(string message)
        : base(message)
    {
    }

    public MeasurementException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The values of each subject, one for each round, or the reason why a subject does not count.</summary>
internal sealed class Series<TSubject, TValue>(IReadOnlyList<TSubject> subjects)
    where TSubject : notnull
{
    private readonly Dictionary<TSubject, List<TValue>> _values =
        subjects.ToDictionary(subject => subject, _ => new List<TValue>());

    private readonly Dictionary<TSubject, string> _faults = [];

    /// <summary>Measures a subject once more, unless it has failed before.</summary>
    public void Add(TSubject subject, Func<TSubject, TValue> measure)
    {
        if (_faults.ContainsKey(subject))
        {
            return;
        }

        try
        {
            _values[subject].Add(measure(subject));
        }
        catch (Exception exception) when (exception is MeasurementException or TimeoutException)
        {
            _faults.Add(subject, $"{subject}: {exception.Message}");
            Lab.Log($"  {subject}: {exception.Message}");
        }
    }

    /// <summary>Compares two subjects round by round.</summary>
    /// <param name="what">What was measured.</param>
    /// <param name="ours">Our subject.</param>
    /// <param name="other">The subject it is compared with.</param>
    /// <param name="target">The ratio to reach, if any.</param>
    /// <param name="unit">The unit in which values are shown.</param>
    /// <param name="value">Gets the number from the value of one round.</param>
    public Row Compare(string what, TSubject ours, TSubject other, Target target, Unit unit, Func<TValue, double> value) =>
        Compare(what, ours, other, target, unit, (round, subject) => value(_values[subject][round]));

    /// <summary>Compares two subjects by a number that needs more than one value of the round.</summary>
    /// <param name="what">What was measured.</param>
    /// <param name="ours">Our subject.</param>
    /// <param name="other">The subject it is compared with.</param>
    /// <param name="target">The ratio to reach, if any.</param>
    /// <param name="unit">The unit in which values are shown.</param>
    /// <param name="value">Gets the number from the round and the subject.</param>
    public Row Compare(string what, TSubject ours, TSubject other, Target target, Unit unit, Func<int, TSubject, double> value)
    {
        string? fault = _faults.GetValueOrDefault(ours) ?? _faults.GetValueOrDefault(other);
        int rounds = fault is null ? _values[ours].Count : 0;
        return new Row
        {
            What = what,
            Against = other.ToString()!,
            Target = target,
            Unit = unit,
            Fault = fault,
            Rounds = [.. Enumerable.Range(0, rounds).Select(round => new Pair(value(round, ours), value(round, other)))],
        };
    }

    /// <summary>The value of a subject in a round.</summary>
    public TValue this[TSubject subject, int round] => _values[subject][round];

    /// <summary>Whether the subject counts: none of its measurements has failed.</summary>
    public bool IsValid(TSubject subject) => !_faults.ContainsKey(subject);
}
