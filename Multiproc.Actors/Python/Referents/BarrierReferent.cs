using Multiproc.Python.Values;

namespace Multiproc.Python.Referents;

/// <summary>A Barrier. It breaks when a party dies while it waits.</summary>
internal sealed class BarrierReferent(SharedBarrier barrier) : Referent
{
    private static readonly string[] s_exposed = ["__getattribute__", "wait", "abort", "reset"];

    public override string TypeId => "Barrier";

    public override string ProxyClass => "BarrierProxy";

    public override IReadOnlyList<string> Exposed => s_exposed;

    public override bool IsOfCaller => true;

    public override string Text => $"<{barrier}>";

    public override object? Call(Arguments given, IClient client)
    {
        switch (given.Method)
        {
            case "wait":
                var time = Arguments.Time(given.NextSeconds("timeout"));
                return Unbroken(() => client.WaitAsParty(token => barrier.Wait(time, token)));
            case "abort":
                barrier.Abort();
                return null;
            case "reset":
                barrier.Reset();
                return null;
            default:
                object? name = given.Next("name");
                return name switch
                {
                    "parties" => barrier.Parties,
                    "n_waiting" => barrier.Waiting,
                    "broken" => barrier.Broken,
                    _ => throw PythonErrors.Attribute($"'Barrier' object has no attribute {PythonRepr.Of(name)}"),
                };
        }
    }

    private static int Unbroken(Func<int> wait)
    {
        try
        {
            return wait();
        }
        catch (BrokenBarrierException)
        {
            throw PythonErrors.Broken();
        }
    }
}
