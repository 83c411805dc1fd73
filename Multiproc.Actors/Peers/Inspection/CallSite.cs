using System.Diagnostics;
using System.Reflection;

namespace Multiproc.Peers;

/// <summary>A place in the user's code.</summary>
internal static class CallSite
{
    private const int Longest = 1000;

    /// <summary>Finds the innermost frame of this thread outside this library; looking up its file takes milliseconds.</summary>
    public static string OfThisThread()
    {
        var frames = new StackTrace(fNeedFileInfo: true).GetFrames();
        var place = Array.Find(frames, static frame => frame.GetMethod() is { } method && !IsOurs(method));
        return place?.GetMethod() is { } found ? Shortened($"{NameOf(found)}{PlaceOf(place)}") : "a thread that runs no code of the program";
    }

    private static string NameOf(MethodBase method) => method.DeclaringType is { } type ? $"{type.FullName}.{method.Name}" : method.Name;

    private static string PlaceOf(StackFrame frame) =>
        frame.GetFileName() is { Length: > 0 } file ? $" in {Path.GetFileName(file)}:{frame.GetFileLineNumber()}" : "";

    private static string Shortened(string text) => text.Length <= Longest ? text : $"{text[..Longest]}…";

    private static bool IsOurs(MethodBase method) =>
        method.Module.Assembly is var assembly && (assembly == typeof(CallSite).Assembly || assembly == typeof(object).Assembly);
}
