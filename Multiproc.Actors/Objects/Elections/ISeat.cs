namespace Multiproc.Objects.Elections;

/// <summary>What one candidate at a time can have: who has it leads.</summary>
internal interface ISeat
{
    /// <summary>What it is, for error texts.</summary>
    string Description { get; }

    /// <summary>Waits for the seat and takes it.</summary>
    /// <exception cref="OperationCanceledException">The candidate has given up.</exception>
    /// <exception cref="MultiprocException">The seat cannot be had at all.</exception>
    Task<Term> TakeAsync(CancellationToken cancellation);
}

/// <summary>The time for which a candidate has the seat.</summary>
/// <param name="Fence">Greater than that of each term before it.</param>
/// <param name="Lost">Fires when the seat may be lost, before it can be given to another one.</param>
/// <param name="Leave">Gives the seat back; does nothing when it was lost.</param>
internal sealed record Term(long Fence, CancellationToken Lost, Action Leave);
