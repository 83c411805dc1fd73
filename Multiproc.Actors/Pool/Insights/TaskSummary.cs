using System.Collections;

namespace Multiproc.Pool;

/// <summary>An argument in a few words, for messages about the task that had it.</summary>
internal static class TaskSummary
{
    private const int Longest = 80;

    /// <summary>For a text that is the program's own code: the scheduling of the pool waits for it.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(0.5);

    /// <summary>Now, also on a thread that delivers messages: a text that throws or does not come is replaced.</summary>
    public static string Of(object? value)
    {
        if (value is null || IsOfFramework(value.GetType()))
        {
            return Say(value);
        }

        // On a thread of its own: it may wait for what this one is to do.
        string? text = null;
        var speaker = new Thread(() => Volatile.Write(ref text, Say(value))) { IsBackground = true, Name = "multiproc text of an argument" };
        speaker.UnsafeStart();
        return speaker.Join(s_patience) ? Volatile.Read(ref text)! : $"a {value.GetType().Name} whose text was not there within {s_patience.TotalSeconds:0.#} s";
    }

    /// <summary>Later, without a wait.</summary>
    public static Task<string> OfLater(object? value) =>
        value is null || IsOfFramework(value.GetType()) ? Task.FromResult(Say(value)) : Task.Run(() => Say(value));

    private static string Say(object? value)
    {
        try
        {
            return value switch
            {
                null => "null",
                Nothing => "",
                string text => $"\"{Shortened(text)}\"",
                Array array => $"{array.GetType().GetElementType()!.Name}[{array.Length}]",
                ICollection collection => $"{value.GetType().Name} of {collection.Count}",
                _ => Shortened(value.ToString() ?? value.GetType().Name),
            };
        }
        catch (Exception itself)
        {
            return $"a {value!.GetType().Name} whose text cannot be had ({itself.GetType().Name})";
        }
    }

    /// <summary>Whether the text is made without the program's code; what a sealed type of the framework holds may be the program's again.</summary>
    private static bool IsOfFramework(Type type) =>
        type.IsArray || type == typeof(Nothing)
        || (type.Assembly == typeof(object).Assembly && (type.IsValueType || type.IsSealed || typeof(ICollection).IsAssignableFrom(type))
            && Array.TrueForAll(type.GenericTypeArguments, static each => each.IsValueType || each.IsSealed) && Array.TrueForAll(type.GenericTypeArguments, IsOfFramework));

    private static string Shortened(string text)
    {
        text = text.ReplaceLineEndings(" ");
        return text.Length <= Longest ? text : $"{text.AsSpan(0, Longest)}…";
    }
}
