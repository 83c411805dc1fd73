namespace Tour;

/// <summary>Marks a static class with a method Run as a part of the tour; its namespace is its group. No other registration is needed.</summary>
/// <param name="number">The position of the part in its group.</param>
/// <param name="title">What the part shows.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class PartAttribute(int number, string title) : Attribute
{
    public int Number => number;

    public string Title => title;
}
