namespace Multiproc.Tests.States;

/// <summary>One history of an object that has a cell: after each move cell and state are compared with the model, in the end nobody may be forgotten.</summary>
/// <typeparam name="TMove">What may happen.</typeparam>
internal abstract class CellLife<TMove>(CellMemory memory)
{
    protected CellMemory Memory => memory;

    protected abstract Script Script { get; }

    /// <returns>The transcript: the same moves must give the same.</returns>
    public string Play(IReadOnlyList<TMove> moves)
    {
        using (memory)
        {
            foreach (var move in moves)
            {
                Do(move);
                Check();
            }

            Finish();
            return Script.Transcript;
        }
    }

    protected abstract void Do(TMove move);

    protected abstract void Check();

    protected virtual void Finish()
    {
    }
}
