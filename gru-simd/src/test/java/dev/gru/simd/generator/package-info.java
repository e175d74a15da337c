/**
 * The generator of {@code dev.gru.simd.loops}. It is not part of the library: its output is in the repository, and a
 * test compares the two. After a change of a template or table, run from the root of the repository
 *
 * <pre>
 * java -cp gru-simd/src/test/resources \
 *     gru-simd/src/test/java/dev/gru/simd/generator/KernelGenerator.java gru-simd/src/main/java
 * </pre>
 *
 * <p><b>Templates</b> are the files {@code *.java.in}: Java with the directives of {@link
 * dev.gru.simd.generator.Template}. Their output must be formatted as {@code mvn formatter:format} formats it.
 *
 * <p><b>To add a tile</b>, add it to a line of {@link dev.gru.simd.generator.TileTable}; nothing else knows how many
 * there are. To add a width of panel, add it to {@code TileTable.PANELS}.
 */
package dev.gru.simd.generator;
