using System.Collections;

namespace Multiproc.Pool;

/// <summary>An argument in a few words, for messages about the task that had it.</summary>
internal static class TaskSummary
{
    private const int Longest = 80;

    public static string Of(object? value)
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

    private static string Shortened(string text)
    {
        text = text.ReplaceLineEndings(" ");
        return text.Length <= Longest ? text : $"{text.AsSpan(0, Longest)}…";
    }
}
