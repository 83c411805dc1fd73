namespace Multiproc.Cluster.Recorded;

/// <summary>Which records this flow of calls is changing: a change that begins another one of the same record would wait for itself.</summary>
internal sealed record ChangeInside(object Changes, ChangeInside? Outer)
{
    private static readonly AsyncLocal<ChangeInside?> s_current = new();

    public static ChangeInside? Current
    {
        get => s_current.Value;
        set => s_current.Value = value;
    }

    public bool IsOf(object changes) => Changes == changes || Outer?.IsOf(changes) == true;
}
