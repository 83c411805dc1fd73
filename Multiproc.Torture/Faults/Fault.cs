namespace Multiproc.Torture.Faults;

/// <summary>One planned fault.</summary>
/// <param name="Number">Its number in the plan, from 0: what <c>--faults</c> names.</param>
/// <param name="At">When, since the start of the run.</param>
/// <param name="Load">The load whose process it hits.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Choice">Selects the victim: the remainder of its division by the number of those that there are.</param>
/// <param name="Pause">For how long a process is stopped.</param>
internal readonly record struct Fault(int Number, TimeSpan At, string Load, FaultKind Kind, int Choice, TimeSpan Pause)
{
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Number,5} {At.TotalSeconds,8:0.000} s  {Load,-11} {Kind}{(Kind == FaultKind.Stop ? $" for {Pause.TotalSeconds:0.00} s" : "")}");
}
