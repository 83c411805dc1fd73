using System.Collections;

namespace Multiproc.Pool;

/// <summary>Describes an argument briefly, for messages about its task.</summary>
internal static class TaskSummary
{
    private const int Longest = 80;

    /// <summary>How long to wait for a ToString of the program, since the scheduling of the pool waits for it.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// Describes an argument synchronously, also on a thread that delivers messages: a ToString that throws or does not return is replaced by a note.
    /// </summary>
    public static string Of(object? value)
    {
        if (value is null || IsOfFramework(value.GetType()))
        {
            return Say(value);
        }

        // On a thread of its own, since it may wait for something that this thread must do.
        string? text = null;
        var speaker = new Thread(() => Volatile.Write(ref text, Say(value))) { IsBackground = true, Name = "multiproc text of an argument" };
        speaker.UnsafeStart();
        return speaker.Join(s_patience) ? Volatile.Read(ref text)! : $"a {value.GetType().Name} whose text was not available within "
            + $"{s_patience.TotalSeconds:0.#} s";
    }

    /// <summary>Describes an argument without waiting.</summary>
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
            return $"a {value!.GetType().Name} whose text is not available ({itself.GetType().Name})";
        }
    }

    /// <summary>Whether ToString runs no code of the program. A sealed type of the framework may still hold values of the program's types.</summary>
    private static bool IsOfFramework(Type type) =>
        type.IsArray || type == typeof(Nothing)
        || (type.Assembly == typeof(object).Assembly && (type.IsValueType || type.IsSealed || typeof(ICollection).IsAssignableFrom(type))
            && Array.TrueForAll(type.GenericTypeArguments, static each => each.IsValueType || each.IsSealed)
            && Array.TrueForAll(type.GenericTypeArguments, IsOfFramework));

    private static string Shortened(string text)
    {
        text = text.ReplaceLineEndings(" ");
        return text.Length <= Longest ? text : $"{text.AsSpan(0, Longest)}…";
    }
}
