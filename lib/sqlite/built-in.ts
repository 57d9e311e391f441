/** Functions that SQLite has, or makes of a syntax: one of the same name would change what the library's SQL means. */
export const BUILT_IN: ReadonlySet<string> = new Set(
  (
    "abs acos acosh asin asinh atan atan2 atanh avg bm25 ceil ceiling changes char coalesce concat concat_ws cos cosh count " +
    "cume_dist current_date current_time current_timestamp date datetime degrees dense_rank exp first_value floor format " +
    "fts5 fts5_source_id fts5_locale glob group_concat hex highlight if ifnull iif instr julianday lag last_insert_rowid " +
    "last_value lead length like likelihood likely ln load_extension log log10 log2 lower ltrim match max median min mod " +
    "nth_value ntile nullif octet_length percent_rank percentile percentile_cont percentile_disc pi pow power printf quote " +
    "radians random randomblob rank regexp replace round row_number rtrim sign sin sinh snippet soundex sqrt strftime " +
    "string_agg substr substring subtype sum tan tanh time timediff total total_changes trim trunc typeof unhex unicode " +
    "unistr unistr_quote unixepoch unlikely upper zeroblob"
  ).split(" "),
);
