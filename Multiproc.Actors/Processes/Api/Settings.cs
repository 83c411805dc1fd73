using Multiproc.Nodes;
using Multiproc.Processes.Warm;
using Multiproc.Serialization;

namespace Multiproc.Processes;

/// <summary>Holds the program's settings, and their serialized form for its children.</summary>
internal static class Settings
{
    public static MultiprocOptions Current { get; private set; } = new();

    /// <summary>The serialized settings; empty while nothing has been set, which spares most children the reading.</summary>
    public static Payload ForChildren { get; private set; }

    public static void Set(MultiprocOptions options)
    {
        // First, so that settings that cannot be sent change nothing.
        var forChildren = Serializer.PackForNewProcess(options);
        Use(options.Reducers);
        bool otherHosts = Current.WarmHosts != options.WarmHosts;
        Current = options;
        Node.Current.Connections = options.Connections;
        ForChildren = forChildren;
        if (otherHosts)
        {
            WarmHosts.Current.Drop();
        }
    }

    public static void Inherit(Payload settings)
    {
        if (settings.Bytes.Length > 0)
        {
            Current = Serializer.Unpack<MultiprocOptions>(settings);
            Use(Current.Reducers);
            Node.Current.Connections = Current.Connections;
            ForChildren = settings;
        }
    }

    private static void Use(IReadOnlyList<Reducer> reducers)
    {
        foreach (var reducer in reducers)
        {
            CodecTable.Use(reducer);
        }
    }
}
