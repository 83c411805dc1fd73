namespace Multiproc.Pool;

/// <summary>The sum of the slices that have arrived, in the process of the caller.</summary>
internal sealed class RunningSum<TInput, TSum>(TSum seed, Func<TSum, TSum, TSum> combine, AggregateProgress<TInput>? told)
{
    private bool _hasAny;

    public TSum Value { get; private set; } = seed;

    public void Add(TSum partial)
    {
        Value = _hasAny ? combine(Value, partial) : partial;
        _hasAny = true;
        told?.OneMore();
    }
}
