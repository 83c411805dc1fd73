namespace Multiproc.Configuration;

/// <summary>Marks an option that has no key in a settings file.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotInFileAttribute : Attribute;
