using Multiproc.Python.Values;

namespace Multiproc.Python.Referents;

/// <summary>An Event.</summary>
internal sealed class EventReferent(SharedEvent flag) : Referent
{
    private static readonly string[] s_exposed = ["is_set", "set", "clear", "wait"];

    public override string TypeId => "Event";

    public override string ProxyClass => "EventProxy";

    public override IReadOnlyList<string> Exposed => s_exposed;

    public override bool IsOfCaller => true;

    public override string Text => $"<{flag}>";

    public override object? Call(Arguments given, IClient client)
    {
        switch (given.Method)
        {
            case "is_set":
                return flag.IsSet;
            case "set":
                flag.Set();
                return null;
            case "clear":
                flag.Clear();
                return null;
            default:
                var time = Arguments.Time(given.NextSeconds("timeout"));
                return flag.IsSet || (time != TimeSpan.Zero && client.Wait(token => flag.Wait(time, token)));
        }
    }
}
