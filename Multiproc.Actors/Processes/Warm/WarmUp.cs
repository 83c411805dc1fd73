using System.Reflection;
using Multiproc.Serialization;

namespace Multiproc.Processes.Warm;

/// <summary>What a spare host does before it is used: goes once through what every start goes through, then what the program asks for.</summary>
internal static class WarmUp
{
    public static void Run(WarmHostOptions options)
    {
        Serializer.Unpack<ChildWork>(Serializer.Pack<ChildWork>(new ActionWork<string>(static _ => { }, ""))).Run();
        foreach (string name in options.Preload)
        {
            Assembly.Load(new AssemblyName(name));
        }

        options.WarmUp?.Invoke();
    }
}
