using System;
using System.Collections.Generic;
using System.Linq;

namespace EchoNative.Bench;

/// <summary>What was measured of each subject, round by round, or why a subject does not count.</summary>
internal sealed class Series<TSubject, TValue>(IReadOnlyList<TSubject> subjects)
    where TSubject : notnull
{
    private readonly Dictionary<TSubject, List<TValue>> _values = subjects.ToDictionary(subject => subject, _ => new List<TValue>());
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
        catch (MeasurementException exception)
        {
            _faults.Add(subject, $"{subject}: {exception.Message}");
            Lab.Tell($"  {subject}: {exception.Message}");
        }
    }

    /// <summary>Sets one subject beside another, round by round.</summary>
    /// <param name="what">What was measured.</param>
    /// <param name="ours">The one.</param>
    /// <param name="other">The other.</param>
    /// <param name="target">What is to be reached, if anything.</param>
    /// <param name="unit">How values are shown.</param>
    /// <param name="value">The number of one measurement.</param>
    public Row Compare(string what, TSubject ours, TSubject other, Target target, Unit unit, Func<TValue, double> value) =>
        Compare(what, ours, other, target, unit, (round, subject) => value(_values[subject][round]));

    /// <summary>Does the same where the number needs more than one measurement of the round.</summary>
    /// <param name="what">What was measured.</param>
    /// <param name="ours">The one.</param>
    /// <param name="other">The other.</param>
    /// <param name="target">What is to be reached, if anything.</param>
    /// <param name="unit">How values are shown.</param>
    /// <param name="value">The number, by round and subject.</param>
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

    /// <summary>What was measured of a subject in a round.</summary>
    public TValue this[TSubject subject, int round] => _values[subject][round];

    /// <summary>Whether the subject counts.</summary>
    public bool IsSound(TSubject subject) => !_faults.ContainsKey(subject);
}
