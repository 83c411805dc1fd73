namespace Multiproc.Serialization.Pickle;

/// <summary>
/// The path to the value being written, for the message if it cannot be sent. Kept apart from the call stack: catching and rethrowing at each of a
/// thousand levels, to add their places, would overflow the stack.
/// </summary>
internal sealed class PicklePath
{
    private const int MostSteps = 12;

    private readonly List<(object? Key, int Index)> _steps = [];

    public int Depth => _steps.Count;

    /// <summary>An element of a list, tuple or set.</summary>
    public void EnterItem(int index) => _steps.Add((null, index));

    /// <summary>The value of a key.</summary>
    public void EnterValue(object? key) => _steps.Add((key, -1));

    /// <summary>A key itself, or another part that has a name.</summary>
    public void EnterPart(Func<object?, string> name, object? of) => _steps.Add((new Named(name, of), -1));

    public void Leave() => _steps.RemoveAt(_steps.Count - 1);

    public void Tell(UnsendableException unsendable)
    {
        for (int i = _steps.Count - 1; i >= 0; i--)
        {
            if (i >= MostSteps && i < _steps.Count - 1)
            {
                unsendable.At($"… {_steps.Count - 1 - MostSteps} more levels …");
                i = MostSteps - 1;
            }

            unsendable.At(_steps[i] switch
            {
                { Index: >= 0 } item => $"[{item.Index}]",
                { Key: Named named } => named.Name(named.Of),
                var value => $"[{PythonText.Of(value.Key)}]",
            });
        }
    }

    private sealed record Named(Func<object?, string> Name, object? Of);
}
