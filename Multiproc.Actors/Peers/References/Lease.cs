namespace Multiproc.Peers.References;

/// <summary>One reason to keep an object alive: a facade, or bytes that contain a handle of the object. Ends by itself with its owner.</summary>
internal sealed class Lease(HeldObjects held, HeldObject target) : IDisposable
{
    private int _ended;

    ~Lease() => End();

    public void Dispose()
    {
        End();
        GC.SuppressFinalize(this);
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            held.LetGo(target);
        }
    }
}
